# The double of FailoverClusters: its commands are made from ../../cmdlets/FailoverClusters/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. ([scriptblock]::Create((Get-DoubleSource 'FailoverClusters')))
Export-ModuleMember -Function (Get-DoubleName 'FailoverClusters')
