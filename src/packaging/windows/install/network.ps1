# The firewall rule: the worker's port, for the migration network alone.

$AnyAddress = '0.0.0.0', '::', '*'

# What the rule should be. Without a subnet, the one of the address that the worker listens on.
function Get-Rule($Found, [string[]] $Subnet) {
  $isAny = $Found.Address -in $AnyAddress
  if (-not $Subnet) {
    if ($isAny) { throw "FERRY_LISTEN names no address of its own ($($Found.Address)): say who may dial it with -MigrationSubnet '10.0.9.0/24', or listen on the migration network alone." }
    $Subnet = @(Get-SubnetOf $Found.Address)
  }
  $local = [ipaddress]::Any
  $hasAddress = -not $isAny -and [ipaddress]::TryParse($Found.Address, [ref] $local)
  return [pscustomobject]@{
    Name = "Ferry-Worker-$($Found.Host)"
    Text = "Ferry worker $($Found.Host)"
    Address = $(if ($hasAddress) { "$local" } else { 'Any' })
    Port = "$($Found.Port)"
    Subnet = @($Subnet)
  }
}

function Get-SubnetOf([string] $Address) {
  $parsed = [ipaddress]::Any
  if (-not [ipaddress]::TryParse($Address, [ref] $parsed)) { throw "FERRY_LISTEN names a host by its name ($Address): say who may dial it with -MigrationSubnet '10.0.9.0/24'." }
  $own = @(Get-NetIPAddress -IPAddress $Address -ErrorAction SilentlyContinue)
  if ($own.Count -eq 0) { throw "$Address, in FERRY_LISTEN, is no address of this host. Get-NetIPAddress shows those that it has." }
  $bytes = $parsed.GetAddressBytes()
  $bits = [int] $own[0].PrefixLength
  for ($i = 0; $i -lt $bytes.Length; $i++) {
    $kept = [Math]::Min(8, [Math]::Max(0, $bits - 8 * $i))
    $bytes[$i] = [byte] ($bytes[$i] -band [int] (256 - [Math]::Pow(2, 8 - $kept)))
  }
  return "$(New-Object ipaddress (, $bytes))/$bits"
}

function Set-Rule($Rule) {
  $is = @{
    Direction = 'Inbound'; Action = 'Allow'; Enabled = 'True'; Profile = 'Any'
    Protocol = 'TCP'; LocalPort = $Rule.Port; LocalAddress = $Rule.Address; RemoteAddress = $Rule.Subnet
  }
  $what = "allow TCP $($Rule.Port) to $($Rule.Address) from $($Rule.Subnet -join ', ')"
  Invoke-Change "firewall rule $($Rule.Name)" $what {
    if (Get-NetFirewallRule -Name $Rule.Name -ErrorAction SilentlyContinue) { Set-NetFirewallRule -Name $Rule.Name @is }
    else { [void] (New-NetFirewallRule -Name $Rule.Name -DisplayName $Rule.Text @is) }
  }
}

function Remove-Rule($Record) {
  if (-not (Get-NetFirewallRule -Name $Record.rule -ErrorAction SilentlyContinue)) { return }
  Invoke-Change "firewall rule $($Record.rule)" 'delete' { Remove-NetFirewallRule -Name $Record.rule }
}
