# What is not there: because the release that the simulator plays lacks it, or because the module that
# was loaded is an old one (releases/*.json).

# By 'played', or by the module that is an old one: { modules, cmdlets, parameters: cmdlet -> names,
# properties: class -> names }
$Lacks = [ordered]@{}

# Without a simulator nothing is lacking.
function Initialize-Lack {
  if (-not $env:FERRY_DOUBLE_URL) { return }
  $played = Send-Double GET "/profile?host=$([uri]::EscapeDataString($env:FERRY_DOUBLE_HOST))"
  if (Test-Key $played 'lacks') { $Lacks['played'] = $played.lacks }
  $Plans.Clear()
  Watch-Lack
}

# What a module lacks that is loaded now: it may have been another version before.
function Set-OldModule([string] $Module, [string] $Version) {
  $Plans.Clear()
  if (-not $Version) { $Lacks.Remove($Module); return }
  $text = [System.IO.File]::ReadAllText("$DataFolder/releases/$Module-$Version.json")
  $Lacks[$Module] = (ConvertFrom-Json -InputObject $text).lacks
  Watch-Lack
}

# Names that are lacking: cmdlets and modules of all, parameters of a cmdlet, properties of a class;
# those under "*" are lacking everywhere. A release may lack whole modules, and parts of Hyper-V alone.
function Get-Lack([string] $What, [string] $Of, [string] $Module = 'Hyper-V') {
  if ($Module -ne 'Hyper-V') { return , @() }
  $found = foreach ($source in $Lacks.Keys) {
    $names = Get-Field $Lacks[$source] $What
    if ($null -eq $names) { continue }
    if (-not $Of) { $names }
    else { Get-Field $names '*'; Get-Field $names $Of }
  }
  return , @($found).Where({ $null -ne $_ })
}

# Classes that lack some property.
function Get-LackingClass {
  foreach ($source in $Lacks.Keys) {
    $classes = Get-Field $Lacks[$source] 'properties'
    if ($null -ne $classes) { foreach ($class in $classes.PSObject.Properties) { $class.Name } }
  }
}

# An old module is there for other hosts, and lacks what they lack: which one is meant only the last
# question tells.
function Get-LackingHost([string] $Cmdlet) {
  foreach ($source in $Lacks.Keys) {
    if ($source -ne 'played' -and $Cmdlet -in (Get-Field $Lacks[$source] 'cmdlets')) { return $script:AskedLast }
  }
  return $env:FERRY_DOUBLE_HOST
}
