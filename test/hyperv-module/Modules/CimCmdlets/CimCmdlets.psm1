# The double of CimCmdlets: its commands are made from ../../cmdlets/CimCmdlets/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. ([scriptblock]::Create((Get-DoubleSource 'CimCmdlets')))
Export-ModuleMember -Function (Get-DoubleName 'CimCmdlets')
