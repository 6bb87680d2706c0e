# Takes a VM that is off from its network and gives its leaves their fenced names, if its checkpoints are
# still those that the caller knows, and nothing works on it. A guard that stood in for the names goes.
# Given: as Invoke-VmAct; checkpoints (Ids), networkFile.
# Answers { did, disks ({ disk, path }) }: `changed` says that nothing was done. Ends with vm-running,
# disk-missing, fence-name-taken.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($module in 'rounds', 'networks') { Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1")) }

Invoke-VmAct $Given {
  param($VM)
  if ([string] $VM.State -notlike 'Off*') { Stop-Script 'vm-running' @{ vm = [string] $VM.Name } }
  if ([string] $VM.PrimaryOperationalStatus -eq 'InService' -or -not (Test-Unchanged $VM $Given.checkpoints)) {
    return @{ did = 'changed'; disks = @() }
  }
  Save-Network $VM $Given.networkFile $Given.fence.Operation
  Disconnect-Network $VM
  foreach ($path in @(Get-OwnPath $VM)) { Rename-Leaf $path (Get-FencedName $path) }
  Remove-Guard $VM
  $disks = @(Get-OwnDrive $VM | Where-Object { $null -eq $_.DiskNumber } | ForEach-Object { [ordered]@{ disk = Get-DriveId $_; path = [string] $_.Path } })
  @{ did = 'done'; disks = $disks }
}
