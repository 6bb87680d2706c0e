# The same as look-rounds, of a VM that is only watched. Given: computerName, vmId, and as Get-RoundLook.
# Ends with vm-unknown.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name ([wildcardpattern]::Escape("$PSScriptRoot/rounds.psm1"))

Use-HyperV $Given.computerName
$found = Find-Vm $Given
if ($null -eq $found) { Stop-Script 'vm-unknown' @{ vm = $Given.vmId } }
Get-RoundLook $found $Given
