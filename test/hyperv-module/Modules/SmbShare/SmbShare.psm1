# The double of SmbShare: its commands are made from ../../cmdlets/SmbShare/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. ([scriptblock]::Create((Get-DoubleSource 'SmbShare')))
Export-ModuleMember -Function (Get-DoubleName 'SmbShare')
