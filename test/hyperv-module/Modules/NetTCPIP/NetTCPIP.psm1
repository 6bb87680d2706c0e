# The double of NetTCPIP: its commands are made from ../../cmdlets/NetTCPIP/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'NetTCPIP')
