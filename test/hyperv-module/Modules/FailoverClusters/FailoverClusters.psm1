# The double of FailoverClusters: its commands are made from ../../cmdlets/FailoverClusters/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'FailoverClusters')
