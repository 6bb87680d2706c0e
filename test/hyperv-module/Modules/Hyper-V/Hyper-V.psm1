# The double of Hyper-V: its commands are made from ../../cmdlets/Hyper-V/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. ([scriptblock]::Create((Get-DoubleSource 'Hyper-V')))
Export-ModuleMember -Function (Get-DoubleName 'Hyper-V')
