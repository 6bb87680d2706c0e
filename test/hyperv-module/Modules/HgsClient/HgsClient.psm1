# The double of HgsClient: its commands are made from ../../cmdlets/HgsClient/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'HgsClient')
