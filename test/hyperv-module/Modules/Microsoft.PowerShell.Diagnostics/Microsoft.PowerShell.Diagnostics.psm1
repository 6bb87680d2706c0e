# The double of Microsoft.PowerShell.Diagnostics: its commands are made from ../../cmdlets/Microsoft.PowerShell.Diagnostics/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. ([scriptblock]::Create((Get-DoubleSource 'Microsoft.PowerShell.Diagnostics')))
Export-ModuleMember -Function (Get-DoubleName 'Microsoft.PowerShell.Diagnostics')
