# The double of CimCmdlets: its commands are made from ../../cmdlets/CimCmdlets/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'CimCmdlets')
