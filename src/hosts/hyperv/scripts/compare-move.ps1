# Would the hypervisor move this VM? The report stays in this process: it holds live objects. The check
# leaves a planned VM at the target for a while, with which a move that begins at once would collide.
# What carry-out.ps1 takes away before the move is no objection: media of this host, and switches that have
# another name there.
# Given: vmId, computerName, target, placement, networks, seconds (how long to wait for a planned VM's end).
# Answers { objections, left }: left is true where the planned VM did not go.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($module in 'moving', 'carrying') {
  Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/$module.psm1"))
}

$noSwitch = 33012
$noFile = 40010
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

# The id says little without the object at fault (facts A.4).
function Test-TakenAway($One, [string] $Source) {
  if ($One.MessageId -eq $noSwitch -and $Source -eq 'VMNetworkAdapter') {
    return $null -ne (Get-SwitchPair $One.Source $Given.networks $null)
  }
  return $One.MessageId -eq $noFile -and $Source -eq 'DvdDrive' -and (Test-OwnMedium $One.Source)
}

Use-HyperV $Given.computerName
$vm = Get-RegisteredVm $vmId (Get-On $Given.computerName)
if ($null -eq $vm) { Stop-Script 'vm-unknown' @{ vm = "$vmId" } }
# An earlier check's or move's would be objected to.
if (Wait-PlannedVm) { return [ordered]@{ objections = @(); left = $true } }
$parameters = Get-MoveParameter $Given
$report = Compare-VM -VM $vm @parameters
$objections = @(foreach ($one in @($report.Incompatibilities)) {
    if ($null -eq $one) { continue }
    $source = if ($null -eq $one.Source) { '' } else { $one.Source.GetType().Name }
    if (Test-TakenAway $one $source) { continue }
    [ordered]@{
      id = [long] $one.MessageId
      source = $source
      message = [string] $one.Message
    }
  })
[ordered]@{ objections = $objections; left = Wait-PlannedVm }
