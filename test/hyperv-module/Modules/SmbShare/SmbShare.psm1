# The double of SmbShare: its commands are made from ../../cmdlets/SmbShare/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'SmbShare')
