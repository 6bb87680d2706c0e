# The double of Microsoft.PowerShell.Diagnostics: its commands are made from ../../cmdlets/Microsoft.PowerShell.Diagnostics/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'Microsoft.PowerShell.Diagnostics')
