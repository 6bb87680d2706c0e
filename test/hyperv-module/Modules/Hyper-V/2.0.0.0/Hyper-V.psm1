# The double of Hyper-V: its commands are made from ../../../cmdlets/Hyper-V/*.json.
Import-Module "$PSScriptRoot/../../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'Hyper-V')
. "$PSScriptRoot/../../FerryDouble/UncPath.ps1"
