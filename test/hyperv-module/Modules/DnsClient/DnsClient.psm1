# The double of DnsClient: its commands are made from ../../cmdlets/DnsClient/*.json.
Import-Module "$PSScriptRoot/../FerryDouble/FerryDouble.psd1"
. (Get-DoubleSource 'DnsClient')
