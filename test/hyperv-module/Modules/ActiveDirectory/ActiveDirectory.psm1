# The double of ActiveDirectory: its commands are made from ../../cmdlets/ActiveDirectory/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'ActiveDirectory')
