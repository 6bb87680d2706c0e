# Starts a VM that does not run. Given: as Invoke-VmAct. Answers { state, failure ({ message, hresult }) }.
# Ends with vm-fenced, disk-missing.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# The disks of another machine are not looked at: it streams nothing, and is never fenced.
function Assert-Startable($VM) {
  if ($Given.computerName) { return }
  $paths = @(Get-OwnPath $VM)
  $fenced = @(Get-GuardDrive $VM).Count -gt 0 -or @($paths | Where-Object { (Get-Leaf $_) -ne $_ }).Count -gt 0
  if ($fenced) { Stop-Script 'vm-fenced' @{ vm = [string] $VM.Name } }
  foreach ($path in $paths) {
    if (-not [System.IO.File]::Exists($path)) { Stop-Script 'disk-missing' @{ file = $path } }
  }
}

Invoke-VmAct $Given {
  param($VM)
  $failure = $null
  if ([string] $VM.State -notlike 'Running*') {
    Assert-Startable $VM
    try { Start-VM -VM $VM }
    catch {
      $fact = Get-ErrorFact $_
      $failure = [ordered]@{ message = $fact.message; hresult = $fact.hresult }
    }
  }
  [ordered]@{ state = [string] (Find-Vm $Given).State; failure = $failure }
}
