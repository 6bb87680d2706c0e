# The double of NetAdapter: its commands are made from ../../cmdlets/NetAdapter/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. ([scriptblock]::Create((Get-DoubleSource 'NetAdapter')))
Export-ModuleMember -Function (Get-DoubleName 'NetAdapter')
