# What Active Directory knows of a host, its domain and the worker's account. Asked apart from all else:
# a domain controller that does not answer takes its time. By RSAT's commands where they are, else by .NET.
# Given: computerName. Answers { trusted, delegation, sensitive, domainControllers }.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Of userAccountControl.
$notDelegated = 0x100000
$trustedToAuth = 0x1000000
$delegatedTo = 'msDS-AllowedToDelegateTo'

$machine = Get-Machine $Given
$cim = $machine.cim
$system = @(Get-CimInstance @cim -ClassName Win32_ComputerSystem)[0]
Close-Machine $machine
$hasRsat = $null -ne (Get-Command -Name Get-ADComputer -ErrorAction SilentlyContinue)

# One entry by an LDAP filter; nothing when there is none.
function Find-Entry([string] $Filter, [string[]] $Properties) {
  $searcher = [adsisearcher] $Filter
  $searcher.PropertiesToLoad.AddRange($Properties)
  $found = $searcher.FindOne()
  if ($null -ne $found) { return $found.Properties }
}

function Get-Delegation {
  if ($hasRsat) {
    $computer = Get-ADComputer -Identity $system.Name -Properties $delegatedTo, TrustedToAuthForDelegation
    return [ordered]@{
      allowedTo = @(Get-Property $computer $delegatedTo | ForEach-Object { [string] $_ })
      anyProtocol = [bool] (Get-Property $computer 'TrustedToAuthForDelegation')
    }
  }
  $entry = Find-Entry "(&(objectClass=computer)(sAMAccountName=$($system.Name)$))" $delegatedTo, 'userAccountControl'
  if ($null -eq $entry) { throw "Active Directory has no computer $($system.Name)." }
  [ordered]@{
    allowedTo = @($entry[$delegatedTo] | ForEach-Object { [string] $_ })
    anyProtocol = ([long] $entry['userAccountControl'][0] -band $trustedToAuth) -ne 0
  }
}

# Marked as "sensitive and cannot be delegated".
function Test-Sensitive {
  $sid = [string] @(Get-TokenSid 'user')[0].sid
  # Of no domain: the machine itself, or a service.
  if ($sid -notlike 'S-1-5-21-*') { return $false }
  $filter = "(objectSid=$sid)"
  if ($hasRsat) {
    $users = @(Get-ADUser -LDAPFilter $filter -Properties AccountNotDelegated)
    return $users.Count -gt 0 -and [bool] (Get-Property $users[0] 'AccountNotDelegated')
  }
  $entry = Find-Entry $filter 'userAccountControl'
  return $null -ne $entry -and ([long] $entry['userAccountControl'][0] -band $notDelegated) -ne 0
}

# Domains that trust this one and are trusted by it.
function Get-Trusted {
  if ($hasRsat) {
    return Get-ADTrust -Filter * | Where-Object { [string] $_.Direction -eq 'BiDirectional' } | ForEach-Object { [string] $_.Target }
  }
  $domain = [System.DirectoryServices.ActiveDirectory.Domain]::GetComputerDomain()
  $domain.GetAllTrustRelationships() | Where-Object { [string] $_.TrustDirection -eq 'Bidirectional' } | ForEach-Object { [string] $_.TargetName }
}

function Get-ControllerAddress {
  if ($hasRsat) { $found = Get-ADDomainController -Filter * | ForEach-Object { $_.IPv4Address; $_.IPv6Address } }
  else {
    $domain = [System.DirectoryServices.ActiveDirectory.Domain]::GetComputerDomain()
    $found = $domain.FindAllDomainControllers() | ForEach-Object { $_.IPAddress }
  }
  $found | Where-Object { $_ } | ForEach-Object { [string] $_ } | Select-Object -Unique
}

if (-not $system.PartOfDomain) {
  return [ordered]@{ trusted = @{ value = @() }; delegation = @{ lacks = $true }; sensitive = @{ value = $false }; domainControllers = @{ value = @() } }
}
[ordered]@{
  trusted = Read-List { Get-Trusted }
  delegation = Read-Fact { Get-Delegation }
  sensitive = Read-Fact { Test-Sensitive }
  domainControllers = Read-List { Get-ControllerAddress }
}
