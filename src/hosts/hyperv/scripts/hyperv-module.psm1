# By which of this machine's Hyper-V modules a host is asked. Module 2 refuses hosts before 2016, and what
# module 1.1, which is there for these, makes of later ones is written nowhere: each is asked by its own.
# Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# As in invoke.ps1: a module does not see what its caller sets.
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

$BuildOf2016 = 14393
# Where our scripts' other commands come from.
$OtherModules = 'Microsoft.PowerShell.Utility', 'Microsoft.PowerShell.Management', 'CimCmdlets', 'NetAdapter', 'NetTCPIP', 'DnsClient', 'NetSecurity', 'ServerManager', 'FailoverClusters', 'ActiveDirectory', 'Defender'

# To be called before the first command of Hyper-V about a host: this machine without a name. `Cim` says
# how CIM reaches it. Ends with hyperv-module-missing.
function Use-HyperV([string] $ComputerName, $Cim = @{ ComputerName = $ComputerName }) {
  $isOld = $ComputerName -and (Test-Old $Cim)
  $loaded = @(Get-Module -Name Hyper-V)
  $wrong = @($loaded | Where-Object { ($_.Version.Major -lt 2) -ne $isOld })
  if ($wrong.Count -gt 0) { Remove-Module -ModuleInfo $wrong -Force }
  if (-not $isOld) { $global:PSModuleAutoLoadingPreference = 'All' }
  elseif ($loaded.Count -eq 0 -or $wrong.Count -gt 0) { Import-OldHyperV $ComputerName }
}

function Test-Old($Cim) {
  return [int] @(Get-CimInstance @Cim -ClassName Win32_OperatingSystem)[0].BuildNumber -lt $BuildOf2016
}

# Whatever it lacks would load the newer one beside it: from then on no module loads by itself.
function Import-OldHyperV([string] $ComputerName) {
  $old = Get-Module -ListAvailable -Name Hyper-V | Where-Object { $_.Version.Major -lt 2 } | Select-Object -First 1
  if ($null -eq $old) { Stop-Script 'hyperv-module-missing' @{ computer = $ComputerName } }
  foreach ($name in $OtherModules) { Import-Module -Name $name -Global -ErrorAction SilentlyContinue }
  Import-Module -ModuleInfo $old -Global
  $global:PSModuleAutoLoadingPreference = 'ModuleQualified'
}

Export-ModuleMember -Function Use-HyperV
