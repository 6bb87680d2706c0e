# Effects on one VM, which the host must have. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

# Runs the body with the VM inside its fence. Given: computerName, vmId, and as `fence` what Invoke-Fenced
# needs. Ends with vm-unknown, and as Invoke-Fenced.
function Invoke-VmAct($Given, [scriptblock] $Body) {
  Use-HyperV $Given.computerName
  $splat = @{}
  foreach ($property in $Given.fence.PSObject.Properties) { $splat[$property.Name] = $property.Value }
  Invoke-Fenced @splat -Body {
    $found = Find-Vm $Given
    if ($null -eq $found) { Stop-Script 'vm-unknown' @{ vm = $Given.vmId } }
    & $Body $found
  }
}

# Nothing when it is not registered here: Get-VM itself takes that for an error.
function Find-Vm($Given) {
  $hyperv = @{}
  if ($Given.computerName) { $hyperv.ComputerName = $Given.computerName }
  Get-VM @hyperv | Where-Object { [string] $_.Id -eq $Given.vmId } | Select-Object -First 1
}

Export-ModuleMember -Function Invoke-VmAct, Find-Vm
