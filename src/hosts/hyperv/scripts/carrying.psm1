# Media and settings of adapters around a live move. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Of an extended ACL; the direction, the action and the weight come first, as Add-... demands them.
$AclFields = 'Direction', 'Action', 'Weight', 'LocalIPAddress', 'RemoteIPAddress', 'LocalPort', 'RemotePort', 'Protocol', 'Stateful', 'IdleSessionTimeout', 'IsolationID'
$AclTexts = 'Direction', 'Action', 'LocalIPAddress', 'RemoteIPAddress', 'LocalPort', 'RemotePort', 'Protocol'
# Of a plain ACL; what a meter has counted belongs to the host.
$PlainAclFields = 'Direction', 'Action', 'LocalAddress', 'LocalAddressType', 'RemoteAddress', 'RemoteAddressType'
# How an address of these types is given; any other is given as it is shown.
$AnyAddress = @{ WildcardIPv4 = '0.0.0.0/0'; WildcardIPv6 = '::/0'; WildcardBoth = 'ANY'; WildcardMac = 'ANY' }
$VlanNumbers = 'AccessVlanId', 'NativeVlanId', 'PrimaryVlanId', 'SecondaryVlanId'

# What this operation recorded here; nothing if it did not, or another one did.
function Read-Carried([string] $File, [string] $Operation) {
  if (-not [System.IO.File]::Exists($File)) { return $null }
  $read = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($File))
  if ($read.operation -cne $Operation) { return $null }
  return $read
}

# On disk when this returns; a crash leaves the old file or the new one.
function Write-Carried([string] $File, $Carried) {
  [void] [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($File))
  $bytes = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-PlainJson $Carried))
  $stream = New-Object System.IO.FileStream "$File.tmp", 'Create', 'Write', 'None', 4096, 'WriteThrough'
  try {
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Flush($true)
  }
  finally { $stream.Dispose() }
  if ([System.IO.File]::Exists($File)) { [System.IO.File]::Replace("$File.tmp", $File, [NullString]::Value) }
  else { [System.IO.File]::Move("$File.tmp", $File) }
}

# An ISO that is a file of this host: of one on a share the path holds everywhere.
function Test-OwnMedium($Drive) {
  return [string] $Drive.DvdMediaType -eq 'ISO' -and $Drive.Path -and $Drive.Path -notlike '\\*'
}

# Whether a host has a file of this path. Windows lists one by its name quickly, and all of them never.
function Test-FileAt([string] $Path, [string] $ComputerName) {
  $name = $Path.Replace('\', '\\').Replace("'", "\'")
  return @(Get-CimInstance -ClassName CIM_DataFile -Filter "Name = '$name'" -ComputerName $ComputerName).Count -gt 0
}

# An ISO that the target cannot open. A path that nobody can ask about there is taken for missing: the
# medium comes back after the move, where it is.
function Test-MissingMedium($Drive, [string] $Target) {
  if (-not (Test-OwnMedium $Drive)) { return $false }
  try { return -not (Test-FileAt ([string] $Drive.Path) $Target) }
  catch {
    Write-Warning "$Target does not say whether it has $($Drive.Path): $($_.Exception.Message)"
    return $true
  }
}

# Several adapters may have one address, for example none yet.
function Select-Adapter($Adapters, [string] $Mac, [string] $Name) {
  $same = @($Adapters | Where-Object { (Get-PlainMac $_.MacAddress) -eq $Mac })
  if ($same.Count -gt 1) { $same = @($same | Where-Object { $_.Name -eq $Name }) }
  return $same | Select-Object -First 1
}

# The settings of an adapter in a record, if they are in it.
function Select-Before($Carried, [string] $Mac, [string] $Name) {
  if ($null -eq $Carried) { return $null }
  $found = @($Carried.adapters | Where-Object { $_.mac -eq $Mac -and $_.settings.name -eq $Name })
  if ($found.Count -gt 0) { return $found[0].settings }
}

function Get-AdapterSetting($Adapter, $Networks, $Before) {
  return [ordered]@{
    name = [string] $Adapter.Name
    switch = Get-SwitchPair $Adapter $Networks $Before
    vlan = Get-Vlan $Adapter
    bandwidth = Get-Bandwidth $Adapter
    acls = @(Get-Acls $Adapter)
    plainAcls = @(Get-PlainAcls $Adapter)
  }
}

# Where the target's switch has another name: what it is connected to here, and there. An adapter that
# is connected to nothing stays so, unless a run before this one disconnected it.
function Get-SwitchPair($Adapter, $Networks, $Before) {
  if (-not $Adapter.SwitchName) { if ($null -ne $Before) { return $Before.switch } else { return $null } }
  $network = @($Networks | Where-Object { $_.adapter -eq $Adapter.Name })
  if ($network.Count -eq 0 -or $network[0].switch -eq $Adapter.SwitchName) { return $null }
  return [ordered]@{ source = [string] $Adapter.SwitchName; target = [string] $network[0].switch }
}

function Get-Vlan($Adapter) {
  $setting = @(Get-VMNetworkAdapterVlan -VMNetworkAdapter $Adapter)[0]
  $vlan = [ordered]@{ mode = [string] $setting.OperationMode }
  foreach ($field in $VlanNumbers) { $vlan[$field] = [int] $setting.$field }
  $vlan.allowed = [string] $setting.AllowedVlanIdListString
  $vlan.privateMode = [string] $setting.PrivateVlanMode
  $vlan.secondaries = [string] $setting.SecondaryVlanIdListString
  return $vlan
}

function Get-Bandwidth($Adapter) {
  $setting = $Adapter.BandwidthSetting
  $bandwidth = [ordered]@{}
  foreach ($field in 'MaximumBandwidth', 'MinimumBandwidthAbsolute', 'MinimumBandwidthWeight') {
    $bandwidth[$field] = if ($null -eq $setting) { 0 } else { [long] $setting.$field }
  }
  return $bandwidth
}

function Get-Acls($Adapter) {
  foreach ($acl in @(Get-VMNetworkAdapterExtendedAcl -VMNetworkAdapter $Adapter)) {
    $fields = [ordered]@{}
    foreach ($field in $AclFields) {
      $value = $acl.$field
      $fields[$field] = if ($AclTexts -contains $field) { [string] $value } elseif ($field -eq 'Stateful') { [bool] $value } else { [int] $value }
    }
    $fields
  }
}

function Get-PlainAcls($Adapter) {
  foreach ($acl in @(Get-VMNetworkAdapterAcl -VMNetworkAdapter $Adapter)) {
    $fields = [ordered]@{}
    foreach ($field in $PlainAclFields) { $fields[$field] = [string] $acl.$field }
    $fields
  }
}

# Only what differs is set: each change costs the guest its link for a moment.
function Restore-Adapter($Adapter, $Settings, [bool] $AtSource) {
  if ($null -ne $Settings.switch -and -not $Adapter.SwitchName) {
    $name = if ($AtSource) { $Settings.switch.source } else { $Settings.switch.target }
    Connect-VMNetworkAdapter -VMNetworkAdapter $Adapter -SwitchName $name
  }
  if (-not (Test-Same (Get-Vlan $Adapter) $Settings.vlan)) { Set-Vlan $Adapter $Settings.vlan }
  $bandwidth = $Settings.bandwidth
  if (-not (Test-Same (Get-Bandwidth $Adapter) $bandwidth)) {
    $set = @{ MaximumBandwidth = [long] $bandwidth.MaximumBandwidth }
    # A switch reserves by weight or by bits, never by both.
    if ($bandwidth.MinimumBandwidthWeight -gt 0) { $set.MinimumBandwidthWeight = [uint32] $bandwidth.MinimumBandwidthWeight }
    elseif ($bandwidth.MinimumBandwidthAbsolute -gt 0) { $set.MinimumBandwidthAbsolute = [long] $bandwidth.MinimumBandwidthAbsolute }
    Set-VMNetworkAdapter -VMNetworkAdapter $Adapter @set
  }
  $known = @(Get-Acls $Adapter | ForEach-Object { Get-AclText $_ $AclFields })
  foreach ($acl in @($Settings.acls)) {
    if ($known -cnotcontains (Get-AclText $acl $AclFields)) { Add-Acl $Adapter $acl }
  }
  $known = @(Get-PlainAcls $Adapter | ForEach-Object { Get-AclText $_ $PlainAclFields })
  # A record of a version before this one has none.
  foreach ($acl in @(Get-Property $Settings 'plainAcls')) {
    if ($known -cnotcontains (Get-AclText $acl $PlainAclFields)) { Add-PlainAcl $Adapter $acl }
  }
}

function Test-Same($One, $Other) { return (Get-FieldText $One) -ceq (Get-FieldText $Other) }

# One has been through JSON, and the other not.
function Get-FieldText($Fields) {
  $names = if ($Fields -is [System.Collections.IDictionary]) { $Fields.Keys } else { $Fields.PSObject.Properties.Name }
  return @($names | Sort-Object | ForEach-Object { "$_=$($Fields.$_)" }) -join ';'
}

function Get-AclText($Acl, $Fields) { return @($Fields | ForEach-Object { "$($Acl.$_)" }) -join '|' }

function Set-Vlan($Adapter, $Vlan) {
  $set = @{}
  switch ($Vlan.mode) {
    'Access' { $set.Access = $true; $set.VlanId = $Vlan.AccessVlanId }
    'Trunk' { $set.Trunk = $true; $set.NativeVlanId = $Vlan.NativeVlanId; $set.AllowedVlanIdList = $Vlan.allowed }
    'Private' {
      $set[$Vlan.privateMode] = $true
      $set.PrimaryVlanId = $Vlan.PrimaryVlanId
      if ($Vlan.privateMode -eq 'Promiscuous') { $set.SecondaryVlanIdList = $Vlan.secondaries }
      else { $set.SecondaryVlanId = $Vlan.SecondaryVlanId }
    }
    default { $set.Untagged = $true }
  }
  Set-VMNetworkAdapterVlan -VMNetworkAdapter $Adapter @set
}

function Add-Acl($Adapter, $Acl) {
  $set = @{}
  foreach ($field in $AclFields) { $set[$field] = $Acl.$field }
  # Only a stateful rule has a time limit.
  if (-not $Acl.Stateful) { $set.Remove('IdleSessionTimeout') }
  Add-VMNetworkAdapterExtendedAcl -VMNetworkAdapter $Adapter @set
}

# A rule has one end that says something; the other stands for any address, and is left out.
function Add-PlainAcl($Adapter, $Acl) {
  $ends = @('Local', 'Remote' | Where-Object { $Acl."${_}Address" })
  $said = @($ends | Where-Object { $Acl."${_}AddressType" -notlike 'Wildcard*' })
  if ($said.Count -eq 0) { $said = @($ends | Select-Object -Last 1) }
  $set = @{ Direction = $Acl.Direction; Action = $Acl.Action }
  foreach ($end in $said) {
    $type = $Acl."${end}AddressType"
    $address = if ($AnyAddress.ContainsKey($type)) { $AnyAddress[$type] } else { $Acl."${end}Address" }
    $isMac = $type -like '*Mac'
    if ($end -eq 'Local') { if ($isMac) { $set.LocalMacAddress = $address } else { $set.LocalIPAddress = $address } }
    elseif ($isMac) { $set.RemoteMacAddress = $address }
    else { $set.RemoteIPAddress = $address }
  }
  Add-VMNetworkAdapterAcl -VMNetworkAdapter $Adapter @set
}

Export-ModuleMember -Function Read-Carried, Write-Carried, Test-OwnMedium, Test-FileAt, Test-MissingMedium,
  Select-Adapter, Select-Before, Get-AdapterSetting, Get-SwitchPair, Restore-Adapter
