# The double of Services: its commands are made from ../../cmdlets/Services/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'Services')
