# How many moves a host allows at once, and nothing else: a worker asks before it is ready.
# Given: computerName. Answers { migration }.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$machine = Get-Machine $Given
$hyperv = $machine.hyperv
try {
  $migration = Read-Fact {
    $vmHost = Get-VMHost @hyperv
    [ordered]@{
      movesMax = [long] $vmHost.MaximumVirtualMachineMigrations
      storageMovesMax = [long] $vmHost.MaximumStorageMigrations
    }
  }
  @{ migration = $migration }
}
finally { Close-Machine $machine }
