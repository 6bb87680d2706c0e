# The double of NetAdapter: its commands are made from ../../cmdlets/NetAdapter/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'NetAdapter')
