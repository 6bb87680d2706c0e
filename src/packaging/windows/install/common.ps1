# What all parts of install-worker.ps1 use. Windows PowerShell 5.1 and PowerShell 7.

# Server 2016; Node needs it.
$WindowsBuildMin = 14393

# Runs the block, or says under -WhatIf that it would.
function Invoke-Change([string] $Target, [string] $Action, [scriptblock] $Do) {
  if ($Caller.ShouldProcess($Target, $Action)) { & $Do }
}

# Programs tell by their exit code alone. Standard error is left to the console: redirecting it ends 5.1.
function Invoke-Program([string] $Program, [string[]] $Arguments, [int[]] $Well = @(0)) {
  $said = & $Program @Arguments
  if ($LASTEXITCODE -notin $Well) { throw "$Program $($Arguments -join ' ') ended with code ${LASTEXITCODE}: $(@($said) -join ' ')" }
}

function Get-Field($Object, [string] $Name) {
  if ($null -eq $Object) { return $null }
  $property = $Object.PSObject.Properties[$Name]
  if ($null -ne $property) { return $property.Value }
}

function Read-Json([string] $Path) {
  return ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($Path))
}

function Write-Text([string] $Path, [string] $Text) {
  $new = "$Path.new"
  [IO.File]::WriteAllText($new, $Text, (New-Object System.Text.UTF8Encoding $false))
  if ([IO.File]::Exists($Path)) { [IO.File]::Replace($new, $Path, [NullString]::Value) } else { [IO.File]::Move($new, $Path) }
}

function Assert-Windows {
  $system = [Environment]::OSVersion
  if ($system.Platform -ne 'Win32NT') { return }
  if ($system.Version.Build -lt $WindowsBuildMin) {
    throw 'A worker needs Windows Server 2016 or later. For an older host, install a second worker on a neighbour, with FERRY_COMPUTER in its settings.'
  }
  $me = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
  if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'Run this in a PowerShell that was started as an administrator.'
  }
}

# What stands in installed.json: what was installed, and how. Written by Write-Record.
function Get-Installed([string] $Folder) {
  $path = [IO.Path]::Combine($Folder, 'installed.json')
  if ([IO.File]::Exists($path)) { return Read-Json $path }
}

function New-Record($Package, $Found, $Who, $Rule, $Before) {
  return [pscustomobject]@{
    version = $Package.Id
    folder = $Folder
    host = $Found.Host
    account = $Who.Account
    kind = $Who.Kind
    task = "Ferry worker $($Found.Host)"
    rule = $Rule.Name
    # As it was given, not as it was found out.
    subnet = Get-Subnet
    state = $Found.State
    madeMember = [bool] (Get-Field $Before 'madeMember')
  }
}

function Write-Record([string] $Folder, $Record) {
  Invoke-Change $Folder "write down that version $($Record.version) is installed" {
    Write-Text ([IO.Path]::Combine($Folder, 'installed.json')) (ConvertTo-Json $Record)
  }
}
