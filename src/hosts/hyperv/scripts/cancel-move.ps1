# Asks a running move to stop. Without the VM's mutex, which whoever moves it holds until the end.
# Given: vmId, computerName, way, instanceId (of the job that is meant; not of a cluster's).
# Answers { asked, code }: code is what Windows returned, 0 for accepted; without asked it was too late.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/moving.psm1"))

$vmId = [guid] $Given.vmId
if ($Given.way -eq 'cluster role') {
  $role = Get-RoleFact $vmId $Given.computerName
  # Only during setup and data transfer (facts A.12).
  if ($role.migrationState -notin 1, 2) { return [ordered]@{ asked = $false; code = 0 } }
  $cluster = Get-OnCluster $Given.computerName
  [void] (Move-ClusterVirtualMachineRole -VMId $vmId -Cancel @cluster)
  return [ordered]@{ asked = $true; code = 0 }
}
$on = Get-On $Given.computerName
$job = Get-MoveJob $vmId $on | Where-Object { $_.InstanceID -eq $Given.instanceId -and (Test-JobRunning $_) } | Select-Object -First 1
if ($null -eq $job -or -not $job.Cancellable) { return [ordered]@{ asked = $false; code = 0 } }
$result = Invoke-CimMethod -InputObject $job -MethodName RequestStateChange -Arguments @{ RequestedState = [uint16] 4 }
[ordered]@{ asked = $true; code = [long] $result.ReturnValue }
