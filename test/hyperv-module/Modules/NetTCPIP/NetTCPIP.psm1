# The double of NetTCPIP: its commands are made from ../../cmdlets/NetTCPIP/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. ([scriptblock]::Create((Get-DoubleSource 'NetTCPIP')))
Export-ModuleMember -Function (Get-DoubleName 'NetTCPIP')
