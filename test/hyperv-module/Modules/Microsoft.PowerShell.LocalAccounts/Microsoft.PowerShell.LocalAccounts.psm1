# The double of Microsoft.PowerShell.LocalAccounts: its commands are made from ../../cmdlets/Microsoft.PowerShell.LocalAccounts/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'Microsoft.PowerShell.LocalAccounts')
