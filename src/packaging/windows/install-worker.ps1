<#
.SYNOPSIS
Installs, upgrades and removes the worker of Ferry on a Hyper-V host.

.DESCRIPTION
Run it as an administrator, from the folder that the zip was unpacked into. The worker starts with Windows, as a task of the task scheduler
under its own account, and is started again whenever it ends. docs\worker-on-windows.md in the same folder says more.

Each of the three can be run again: what is already so is left alone. -WhatIf says what would be done, and does nothing.

.PARAMETER Folder
Where the worker lives: its versions, its settings (worker.env), its state and its logs. A second worker on a host needs a folder of its own.

.PARAMETER EnvFile
The worker's settings, as in .env.example: at least STORE_URL, FERRY_HOST, FERRY_LISTEN and FERRY_BOT. It is copied to the folder.

.PARAMETER Settings
Single settings, which stand above those of the file: @{ FERRY_HOST = 'hv-a'; FERRY_LISTEN = '10.0.9.11:7420' }.

.PARAMETER Account
The group-managed service account: 'CORP\ferry$'.

.PARAMETER LocalAccount
For a host without a domain: makes the local account ferry-worker. Nobody knows its password.

.PARAMETER ListenPort
The port that the other hosts dial, in place of the one in FERRY_LISTEN.

.PARAMETER MigrationSubnet
Who may dial it: '10.0.9.0/24'. Without it, the subnet of the address in FERRY_LISTEN.

.PARAMETER HealthSeconds
How long the worker may take to be ready.

.PARAMETER RemoveState
With -Remove: also deletes the key, the memory, the settings and the logs. The host must then be enrolled anew.

.EXAMPLE
.\install-worker.ps1 -Install -EnvFile .\hv-a.env -Account 'CORP\ferry$'
#>
#Requires -Version 5.1
[CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Install')]
param(
  [Parameter(Mandatory, ParameterSetName = 'Install')] [switch] $Install,
  [Parameter(Mandatory, ParameterSetName = 'Upgrade')] [switch] $Upgrade,
  [Parameter(Mandatory, ParameterSetName = 'Remove')] [switch] $Remove,
  [ValidateNotNullOrEmpty()] [string] $Folder = [IO.Path]::Combine("$env:ProgramFiles", 'Ferry'),
  [Parameter(ParameterSetName = 'Install')] [Parameter(ParameterSetName = 'Upgrade')] [string] $EnvFile,
  [Parameter(ParameterSetName = 'Install')] [Parameter(ParameterSetName = 'Upgrade')] [hashtable] $Settings = @{},
  [Parameter(ParameterSetName = 'Install')] [string] $Account,
  [Parameter(ParameterSetName = 'Install')] [switch] $LocalAccount,
  [Parameter(ParameterSetName = 'Install')] [Parameter(ParameterSetName = 'Upgrade')] [ValidateRange(0, 65535)] [int] $ListenPort,
  [Parameter(ParameterSetName = 'Install')] [Parameter(ParameterSetName = 'Upgrade')] [string[]] $MigrationSubnet,
  [Parameter(ParameterSetName = 'Install')] [Parameter(ParameterSetName = 'Upgrade')] [ValidateRange(5, 3600)] [int] $HealthSeconds = 180,
  [Parameter(ParameterSetName = 'Remove')] [switch] $RemoveState
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
foreach ($part in 'common', 'package', 'settings', 'account', 'network', 'service') {
  . ([IO.Path]::Combine($PSScriptRoot, 'install', "$part.ps1"))
}

$Caller = $PSCmdlet
$Folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Folder).TrimEnd('\', '/')
$Installed = Get-Installed $Folder

function Install-Worker {
  $package = Test-Package $PSScriptRoot
  if ($Installed -and $Installed.version -ne $package.Id) {
    throw "Version $($Installed.version) is installed in $Folder. To put $($package.Id) in its place, run: .\install-worker.ps1 -Upgrade"
  }
  Assert-OwnFolder $Folder $Installed
  $found = Read-Settings
  $who = Get-Principal $Account $LocalAccount $Installed
  $rule = Get-Rule $found (Get-Subnet)
  $record = New-Record $package $found $who $rule $Installed

  Set-Account $record
  Protect-Folder $Folder $who $found.State
  Write-Record $Folder $record
  Copy-Package $package $Folder
  $isNew = Write-Settings $Folder $found
  Set-Rule $rule
  Set-Worker $record
  $ready = Start-Worker $record -Restart:$isNew
  Write-Enrolment $record $ready
}

# As said now, else as said at the installation; else it is found out.
function Get-Subnet {
  if ($MigrationSubnet) { return $MigrationSubnet }
  return Get-Field $Installed 'subnet'
}

function Update-Worker {
  if (-not $Installed) { throw "No worker is installed in $Folder. Run: .\install-worker.ps1 -Install" }
  $package = Test-Package $PSScriptRoot
  if ($package.Id -eq $Installed.version) { return Install-Worker }
  $found = Read-Settings
  $who = [pscustomobject]@{ Account = $Installed.account; Kind = $Installed.kind }
  $rule = Get-Rule $found (Get-Subnet)
  $record = New-Record $package $found $who $rule $Installed
  if ($record.host -ne $Installed.host) {
    throw "The installed worker serves $($Installed.host), the settings name $($record.host). Remove the one before you install the other."
  }

  Protect-Folder $Folder $who $found.State
  Copy-Package $package $Folder
  $before = Get-SettingsText $Folder
  try {
    Stop-Worker $Installed
    [void] (Write-Settings $Folder $found)
    Set-Rule $rule
    Set-Worker $record
    $ready = Start-Worker $record
  }
  catch {
    Restore-Worker $_.Exception.Message $Installed $record $before
  }
  Write-Record $Folder $record
  Remove-OldVersion $Folder @($record.version, $Installed.version)
  Write-Enrolment $record $ready
}

# The version before, with its settings. State and key are one for all versions and stay as they are: an older memory would make this host forget what
# it has promised.
function Restore-Worker([string] $Why, $Before, $Failed, [string] $SettingsText) {
  Write-Warning "Version $($Failed.version) did not become ready, and is taken back."
  Stop-Worker $Failed
  Restore-SettingsText $Folder $SettingsText
  Set-Rule (Get-Rule (Read-InstalledSettings $Folder) $Before.subnet)
  Set-Worker $Before
  Write-Record $Folder $Before
  [void] (Start-Worker $Before)
  if ($Failed.version -ne $Before.version) { Remove-OldVersion $Folder @($Before.version) }
  throw "Version $($Failed.version) did not become ready, and version $($Before.version) runs again as before. $Why"
}

function Remove-Worker {
  if (-not $Installed) {
    Write-Output "No worker is installed in $Folder."
  }
  else {
    Stop-Worker $Installed
    Remove-Task $Installed
    Remove-Rule $Installed
    Remove-Account $Installed
  }
  Remove-Files $Folder $RemoveState ([bool] $Installed)
}

Assert-Windows
if ($Install) { Install-Worker }
elseif ($Upgrade) { Update-Worker }
else { Remove-Worker }
