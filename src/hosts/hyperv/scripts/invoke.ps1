# The one command that Ferry sends to a PowerShell: runs a script of this folder and answers with one
# JSON object, whatever happens inside. Data comes and goes as base64 of UTF-8, so that neither the
# code page nor any character in it matters. Windows PowerShell 5.1 and PowerShell 7.
param(
  [Parameter(Mandatory = $true)] [string] $Json,
  # Stands before and after the answer, which may lie between a script's other output.
  [Parameter(Mandatory = $true)] [string] $Mark
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# Functions of script modules (NetAdapter, SmbShare) do not see the preference above, but get this.
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }
$ProgressPreference = 'SilentlyContinue'
[System.Threading.Thread]::CurrentThread.CurrentCulture = [cultureinfo]::InvariantCulture

foreach ($module in 'wire', 'prelude', 'hyperv-module', 'reading', 'leaves', 'disk-reading', 'vm-reading', 'acting') {
  Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1"))
}
$warnings = New-Object System.Collections.ArrayList
try {
  $request = ConvertFrom-Wire $Json
  $output = New-Object System.Collections.ArrayList
  & $request.script $request.given *>&1 | ForEach-Object {
    if ($_ -is [System.Management.Automation.WarningRecord]) { [void] $warnings.Add($_.Message) }
    elseif ($_ -is [System.Management.Automation.ErrorRecord]) {
      # A program's chatter on its error stream is no error; everything else on ours is.
      if ($_.FullyQualifiedErrorId -notlike 'NativeCommandError*') { throw $_ }
      [void] $warnings.Add([string] $_)
    }
    elseif (Test-Answer $_) { [void] $output.Add($_) }
  }
  if ($output.Count -ne 1) {
    throw "The script gave $($output.Count) objects instead of one: some command's output is not taken."
  }
  $answer = ConvertTo-Wire ([ordered]@{ ok = $true; value = $output[0]; warnings = $warnings })
}
catch {
  $answer = ConvertTo-Wire ([ordered]@{ ok = $false; error = Get-ErrorFact $_; warnings = $warnings })
}
$global:Error.Clear()
[Console]::Out.Write("${Mark}:${answer}:${Mark}`n")
