# The double of Storage: its commands are made from ../../cmdlets/Storage/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'Storage')
