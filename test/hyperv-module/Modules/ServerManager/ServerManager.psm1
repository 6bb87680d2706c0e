# The double of ServerManager: its commands are made from ../../cmdlets/ServerManager/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'ServerManager')
