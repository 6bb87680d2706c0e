# What each function of the doubles does: asks the simulator, and tells its answer as Windows would.

$Common = @([System.Management.Automation.PSCmdlet]::CommonParameters) +
  @([System.Management.Automation.PSCmdlet]::OptionalCommonParameters)
$Exceptions = @{
  'Hyper-V' = 'VirtualizationException'
  FailoverClusters = 'ClusterCmdletException'
  ActiveDirectory = 'ADException'
}
$HangSeconds = 3600

# The body of each function. `Preference` is what it does with an error that does not terminate.
function Invoke-Double($Cmdlet, [System.Collections.IDictionary] $Bound, [string] $Preference, [switch] $Asks) {
  $command = $Cmdlet.MyInvocation.MyCommand
  if (-not (Confirm-Double $Cmdlet $Bound $Asks)) { return }
  if ($Bound.ContainsKey('ClientOnly') -and $Bound.ClientOnly) { return New-ClientInstance $Bound }
  $parameters = [ordered]@{}
  foreach ($name in $Bound.Keys) {
    if ($name -notin $Common -and $name -ne 'AsJob') { $parameters[$name] = ConvertTo-Request $Bound[$name] }
  }
  $script:AskedLast = Get-AskedHost $parameters
  # CIM takes an argument of the declared type only, and JSON does not say what it was.
  if ($Bound.ContainsKey('Arguments') -and $null -ne $Bound.Arguments) { $parameters.ArgumentTypes = Get-ArgumentType $Bound.Arguments }
  $json = ConvertTo-AsciiJson ([ordered]@{
      host = $env:FERRY_DOUBLE_HOST
      cmdlet = $command.Name
      # Which hosts answer depends on it.
      module = if ($command.ModuleName -eq 'Hyper-V') { "$($command.Version)" } else { $null }
      set = $Cmdlet.ParameterSetName
      parameters = $parameters
      language = if ($env:FERRY_DOUBLE_LANGUAGE) { $env:FERRY_DOUBLE_LANGUAGE } else { 'en-US' }
    })
  if ($Bound.ContainsKey('AsJob') -and $Bound.AsJob) { return Start-DoubleJob $command $json }
  Complete-Double $Cmdlet $command.ModuleName $json $Preference
}

# By name, or as the host of an object.
function Get-AskedHost($Parameters) {
  if ($Parameters.Contains('ComputerName')) { return [string] @($Parameters.ComputerName)[0] }
  foreach ($value in $Parameters.Values) {
    $first = @($value)[0]
    if ($first -is [System.Collections.IDictionary] -and $first['ComputerName']) { return [string] $first['ComputerName'] }
  }
  return $env:FERRY_DOUBLE_HOST
}

# -WhatIf and -Confirm; and the question that some cmdlets ask unless they are forced, which a shell
# that nobody sits at answers with an error.
function Confirm-Double($Cmdlet, [System.Collections.IDictionary] $Bound, [bool] $Asks) {
  $command = $Cmdlet.MyInvocation.MyCommand
  if (-not $command.PSBase.Parameters.ContainsKey('WhatIf')) { return $true }
  $target = @($Bound.Keys.Where({ $_ -notin $Common }).ForEach({ "$_ $($Bound[$_])" })) -join ', '
  if (-not $Cmdlet.ShouldProcess($target, $command.Name)) { return $false }
  if (-not $Asks) { return $true }
  $forced = $Bound.ContainsKey('Force') -and $Bound.Force
  if ($forced -or ($Bound.ContainsKey('Confirm') -and -not $Bound.Confirm)) { return $true }
  return $Cmdlet.ShouldContinue("Are you sure you want to perform this action?", $command.Name)
}

# A job that asks as the cmdlet itself would, and ends when the simulator answers. In this process, but
# in a runspace of its own: preferences are not inherited, as on Windows.
function Start-DoubleJob($Command, [string] $Json) {
  $engine = "$PSScriptRoot/FerryDouble.psd1"
  $name = $Command.Name
  $module = $Command.ModuleName
  return 1 | ForEach-Object -AsJob -Parallel {
    Import-Module $using:engine
    $body = { [CmdletBinding()] param($Module, $Json) Complete-Double $PSCmdlet $Module $Json 'Continue' }
    Set-Item "function:$using:name" $body
    & $using:name $using:module $using:json
  }
}

# Sends the request, waits for the end of what it began, and gives output, warnings and errors.
function Complete-Double($Cmdlet, [string] $Module, [string] $Json, [string] $Preference) {
  $answer = Send-Double POST '/cmdlet' $Json
  while (Get-Field $answer 'job') {
    Start-Sleep -Milliseconds $PollMilliseconds
    $answer = Send-Double GET "/job?id=$([uri]::EscapeDataString($answer.job))"
  }
  while (Get-Field $answer 'hang') { Start-Sleep -Seconds $HangSeconds }
  foreach ($text in @(Get-Field $answer 'warnings')) { if ($null -ne $text) { $Cmdlet.WriteWarning($text) } }
  foreach ($item in @(Get-Field $answer 'output')) {
    if ($null -ne $item) { $Cmdlet.WriteObject((ConvertFrom-Answer $item)) }
  }
  # PowerShell looks for it here, not where the function stands.
  $ErrorActionPreference = $Preference
  foreach ($told in @(Get-Field $answer 'errors')) {
    if ($null -eq $told) { continue }
    $record = New-DoubleError $told $Module
    if (Get-Field $told 'terminating') { $Cmdlet.ThrowTerminatingError($record) }
    $Cmdlet.WriteError($record)
  }
}

function New-DoubleError($Told, [string] $Module) {
  $name = Get-Field $Told 'exception'
  if (-not $name) { $name = $Exceptions[$Module] }
  $type = if (-not $name) { [Microsoft.Management.Infrastructure.CimException] } else { $TypesByName[$name] }
  $exception = $type::new($Told.message)
  $hresult = Get-Field $Told 'hresult'
  if ($null -ne $hresult) { $exception.HResult = $hresult }
  $category = Get-Field $Told 'category'
  if (-not $category) { $category = 'NotSpecified' }
  # After a comma Windows names the cmdlet's class; PowerShell itself puts this function's name there.
  $id = $Told.errorId.Split(',')[0]
  return [System.Management.Automation.ErrorRecord]::new($exception, $id, $category, (Get-Field $Told 'target'))
}
