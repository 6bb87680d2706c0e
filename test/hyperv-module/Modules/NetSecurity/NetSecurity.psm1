# The double of NetSecurity: its commands are made from ../../cmdlets/NetSecurity/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'NetSecurity')
