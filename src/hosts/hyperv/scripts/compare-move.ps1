# Would the hypervisor move this VM? The report stays in this process: it holds live objects. The check
# leaves a planned VM at the target for a while, with which a move that begins at once would collide.
# Given: vmId, computerName, target, placement, seconds (how long to wait for the planned VM's end).
# Answers { objections, left }: left is true where the planned VM did not go.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/moving.psm1"))

$vmId = [guid] $Given.vmId
$vm = Get-RegisteredVm $vmId (Get-On $Given.computerName)
if ($null -eq $vm) { Stop-Script 'vm-unknown' @{ vm = "$vmId" } }
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

$there = Get-On $Given.target
$until = [datetime]::UtcNow.AddSeconds($Given.seconds)
while (($left = Test-Planned $vmId $there) -and [datetime]::UtcNow -lt $until) { Start-Sleep -Milliseconds 500 }
[ordered]@{ objections = $objections; left = $left }
