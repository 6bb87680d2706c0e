# Would the hypervisor move this VM? The report stays in this process: it holds live objects. The check
# leaves a planned VM at the target for a while, with which a move that begins at once would collide.
# Given: vmId, computerName, target, placement, seconds (how long to wait for a planned VM's end).
# Answers { objections, left }: left is true where the planned VM did not go.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/moving.psm1"))

$vmId = [guid] $Given.vmId
$there = Get-On $Given.target

# Whether it is still there after the wait.
function Wait-PlannedVm {
  $until = [datetime]::UtcNow.AddSeconds($Given.seconds)
  while ($left = Test-Planned $vmId $there) {
    if ([datetime]::UtcNow -ge $until) { break }
    Start-Sleep -Milliseconds 500
  }
  return $left
}

$vm = Get-RegisteredVm $vmId (Get-On $Given.computerName)
if ($null -eq $vm) { Stop-Script 'vm-unknown' @{ vm = "$vmId" } }
# An earlier check's or move's would be objected to.
if (Wait-PlannedVm) { return [ordered]@{ objections = @(); left = $true } }
$parameters = Get-MoveParameter $Given
$report = Compare-VM -VM $vm @parameters
$objections = @(foreach ($one in @($report.Incompatibilities)) {
    if ($null -eq $one) { continue }
    [ordered]@{
      id = [long] $one.MessageId
      source = if ($null -eq $one.Source) { '' } else { $one.Source.GetType().Name }
      message = [string] $one.Message
    }
  })
[ordered]@{ objections = $objections; left = Wait-PlannedVm }
