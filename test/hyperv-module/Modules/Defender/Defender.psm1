# The double of Defender: its commands are made from ../../cmdlets/Defender/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. ([scriptblock]::Create((Get-DoubleSource 'Defender')))
Export-ModuleMember -Function (Get-DoubleName 'Defender')
