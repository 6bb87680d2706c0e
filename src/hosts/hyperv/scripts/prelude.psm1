# What every script of this folder can use: typed errors (Stop-Script), and effects inside the VM's mutex
# (Invoke-Fenced). A module, so that its variables are not seen by the blocks that it runs.
# Windows PowerShell 5.1 and PowerShell 7: nothing that only 7 knows.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$MessageLengthMax = 4000
# Operations that ended here and stay refused; older ones are long closed.
$EndedMax = 100

# Ends the script with a code of Ferry's catalogue and its facts (texts, numbers, lists of texts).
# With -Verdict trying again cannot mend it.
function Stop-Script {
  param(
    [Parameter(Mandatory = $true)] [string] $Code,
    [System.Collections.IDictionary] $Facts = @{},
    [switch] $Verdict
  )
  $exception = New-Object System.InvalidOperationException $Code
  $exception.Data['ferry'] = [ordered]@{ code = $Code; facts = $Facts; verdict = [bool] $Verdict }
  throw (New-Object System.Management.Automation.ErrorRecord $exception, $Code, 'InvalidOperation', $null)
}

# An error as data: never parsed from the text that a screen shows.
function Get-ErrorFact([System.Management.Automation.ErrorRecord] $Record) {
  $exception = $Record.Exception
  while ($exception -is [System.Management.Automation.MethodInvocationException] -and $null -ne $exception.InnerException) {
    $exception = $exception.InnerException
  }
  $message = $exception.Message
  if ($null -ne $Record.ErrorDetails -and $Record.ErrorDetails.Message) { $message = $Record.ErrorDetails.Message }
  $fact = [ordered]@{
    message = Get-Start $message
    hresult = Get-HResult $exception $message
    target = Get-Start ([string] $Record.TargetObject)
    category = $Record.CategoryInfo.Category
    errorId = $Record.FullyQualifiedErrorId
    sourceType = $exception.GetType().FullName
    command = $Record.CategoryInfo.Activity
    at = Get-Place $Record.InvocationInfo
  }
  if ($exception.Data.Contains('ferry')) {
    $ferry = $exception.Data['ferry']
    foreach ($name in 'code', 'facts', 'verdict') { $fact[$name] = $ferry[$name] }
  }
  return $fact
}

function Get-Start([string] $Text) {
  if ($Text.Length -le $MessageLengthMax) { return $Text }
  return $Text.Substring(0, $MessageLengthMax)
}

# The first HRESULT that says more than "some .NET exception" (0x8013....): of the exception, of those
# inside it, else as written in the message, where Hyper-V puts it. Nothing when there is none.
function Get-HResult($Exception, [string] $Message) {
  for ($inner = $Exception; $null -ne $inner; $inner = $inner.InnerException) {
    $hex = '0x{0:X8}' -f $inner.HResult
    if ($inner.HResult -lt 0 -and $hex -notlike '0x8013*' -and $hex -notin '0x80004005', '0x80004003') { return $hex }
  }
  $found = [regex]::Match($Message, '0x[0-9A-Fa-f]{8}(?![0-9A-Fa-f])')
  if ($found.Success) { return '0x' + $found.Value.Substring(2).ToUpperInvariant() }
}

function Get-Place($Invocation) {
  if ($null -eq $Invocation -or -not $Invocation.ScriptName) { return $null }
  return "$([System.IO.Path]::GetFileName($Invocation.ScriptName)):$($Invocation.ScriptLineNumber)"
}

# Looks and acts inside the VM's mutex on this host, and only if no later epoch has acted here: the
# epoch is on disk before the body runs. The body gets { lookAgain }: true when whoever acted last did
# not come to its end (killed, or failed), so that the VM may be in between. A body looks first anyway.
# A dead holder shows itself in two ways: as an AbandonedMutexException if somebody had the mutex open
# then, else as nothing at all; for the second way the file says whether somebody is still acting.
# Ends with epoch-behind, vm-busy or epoch-file-damaged. The file is as the lab's driver has it.
function Invoke-Fenced {
  param(
    [Parameter(Mandatory = $true)] [guid] $VmId,
    [Parameter(Mandatory = $true)] [string] $Operation,
    [Parameter(Mandatory = $true)] [long] $Epoch,
    # Of this VM, in the driver's state folder.
    [Parameter(Mandatory = $true)] [string] $File,
    [Parameter(Mandatory = $true)] [scriptblock] $Body,
    [int] $WaitSeconds = 60,
    # Another mutex, where one machine plays several hosts.
    [string] $MutexName = "Global\Ferry-$VmId"
  )
  $mutex = New-Object System.Threading.Mutex $false, $MutexName
  $taken = $false
  $abandoned = $false
  try {
    try { $taken = $mutex.WaitOne($WaitSeconds * 1000) }
    catch [System.Threading.AbandonedMutexException] { $taken = $true; $abandoned = $true }
    if (-not $taken) { Stop-Script 'vm-busy' @{ vm = "$VmId"; seconds = $WaitSeconds } }

    $seen = Read-EpochFile $File "$VmId"
    $ended = Get-Ended $seen $VmId $Operation $Epoch
    $mine = [ordered]@{ operation = $Operation; epoch = $Epoch; ended = $ended; acting = $true }
    Write-JsonFile $File $mine
    & $Body ([pscustomobject]@{ lookAgain = $abandoned -or ($null -ne $seen -and $seen.acting) })
    $mine.acting = $false
    Write-JsonFile $File $mine
  }
  finally {
    if ($taken) { $mutex.ReleaseMutex() }
    $mutex.Dispose()
  }
}

# The operations that stay refused from now on; ends the script if this one is among them or too late.
function Get-Ended($Seen, [guid] $VmId, [string] $Operation, [long] $Epoch) {
  if ($null -eq $Seen) { return , @() }
  $same = $Seen.operation -ceq $Operation
  if (($same -and $Epoch -lt $Seen.epoch) -or $Seen.ended -ccontains $Operation) {
    Stop-Script 'epoch-behind' @{
      vm = "$VmId"; operation = $Operation; epoch = $Epoch
      seenOperation = $Seen.operation; seenEpoch = $Seen.epoch
    }
  }
  if ($same) { return , $Seen.ended }
  return , @(@($Seen.ended) + $Seen.operation | Select-Object -Last $EndedMax)
}

# Nothing where no effect was run yet. An unreadable file is never taken for a missing one.
function Read-EpochFile([string] $File, [string] $VmId) {
  if (-not [System.IO.File]::Exists($File)) { return $null }
  try {
    $read = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($File))
    return [pscustomobject]@{
      operation = [string] $read.operation
      epoch = [long] $read.epoch
      ended = [string[]] @($read.ended)
      # The lab's files do not say it.
      acting = $null -ne $read.PSObject.Properties['acting'] -and [bool] $read.acting
    }
  }
  catch { Stop-Script 'epoch-file-damaged' @{ vm = $VmId; file = $File } }
}

# On disk when this returns; a crash leaves the old file or the new one.
function Write-JsonFile([string] $File, $Value) {
  [void] [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($File))
  $bytes = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-PlainJson $Value))
  $stream = New-Object System.IO.FileStream "$File.tmp", 'Create', 'Write', 'None', 4096, 'WriteThrough'
  try {
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Flush($true)
  }
  finally { $stream.Dispose() }
  if ([System.IO.File]::Exists($File)) {
    [System.IO.File]::Replace("$File.tmp", $File, [NullString]::Value)
  }
  else { [System.IO.File]::Move("$File.tmp", $File) }
}

Export-ModuleMember -Function Stop-Script, Get-ErrorFact, Invoke-Fenced, Write-JsonFile
