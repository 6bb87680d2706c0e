# The volumes of a host with their free space, and nothing else: it is asked every few seconds.
# Given: computerName. Answers { volumes }.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$machine = Get-Machine $Given
try { [ordered]@{ volumes = @(Get-VolumeFact $machine) } }
finally { Close-Machine $machine }
