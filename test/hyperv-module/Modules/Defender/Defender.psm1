# The double of Defender: its commands are made from ../../cmdlets/Defender/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'Defender')
