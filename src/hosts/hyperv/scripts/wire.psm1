# The JSON of requests and answers, as src/hosts/hyperv/shell/wire.ts reads and writes it.
# ConvertTo-Json differs between 5.1 and 7 (dates, enums, arrays that a pipeline has wrapped) and cuts
# silently; ConvertFrom-Json turns texts that look like dates into dates, and only since 7.5 can be told
# not to. So answers are written here, and each text of a request carries a sign before it.
# A module, so that its variables are not seen by scripts. Windows PowerShell 5.1 and PowerShell 7.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$DepthMax = 32
$Invariant = [cultureinfo]::InvariantCulture

# The value of base64 JSON from Ferry: '=' before a text, '#' before an integer beyond 2^53, '~' before
# the characters of a text that is no proper Unicode, as NTFS and VMs allow.
function ConvertFrom-Wire([string] $Base64) {
  $json = [System.Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Base64))
  Read-Wire (ConvertFrom-Json -InputObject $json)
}

function Read-Wire($Value) {
  if ($null -eq $Value) { return $null }
  if ($Value -is [string]) {
    $text = $Value.Substring(1)
    if ($Value[0] -ceq [char] '=') { return $text }
    if ($Value[0] -ceq [char] '~') { return -join [char[]] [int[]] $text.Split(',') }
    $number = [long] 0
    if ([long]::TryParse($text, 'AllowLeadingSign', $Invariant, [ref] $number)) { return $number }
    return [uint64]::Parse($text, $Invariant)
  }
  if ($Value -is [array]) {
    $items = New-Object 'object[]' $Value.Length
    for ($i = 0; $i -lt $Value.Length; $i++) { $items[$i] = Read-Wire $Value[$i] }
    return , $items
  }
  if ($Value -is [System.Management.Automation.PSCustomObject]) {
    $fields = [ordered]@{}
    foreach ($property in $Value.PSObject.Properties) { $fields[$property.Name] = Read-Wire $property.Value }
    return [pscustomobject] $fields
  }
  return $Value
}

# Base64 of the JSON of an answer: enums as names, dates as ISO 8601 in UTC, time spans in seconds.
# What is neither simple nor a table must be picked field by field before.
function ConvertTo-Wire($Value) {
  return [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes((ConvertTo-PlainJson $Value)))
}

function ConvertTo-PlainJson($Value) {
  $text = New-Object System.Text.StringBuilder
  Add-Json $text $Value 0
  return $text.ToString()
}

function Add-Json([System.Text.StringBuilder] $Text, $Value, [int] $Depth) {
  if ($Depth -gt $DepthMax) { throw "The answer is nested deeper than $DepthMax levels." }
  $simple = Get-SimpleJson $Value
  if ($null -ne $simple) { [void] $Text.Append($simple); return }
  $base = $Value.PSObject.BaseObject
  if ($base -is [System.Collections.IDictionary]) {
    Add-JsonObject $Text $base.GetEnumerator() $Depth
  }
  elseif ($base -is [System.Management.Automation.PSCustomObject]) {
    Add-JsonObject $Text $Value.PSObject.Properties $Depth
  }
  elseif ($base -is [System.Collections.IEnumerable]) {
    $comma = '['
    foreach ($item in $base) {
      [void] $Text.Append($comma)
      Add-Json $Text $item ($Depth + 1)
      $comma = ','
    }
    if ($comma -ceq '[') { [void] $Text.Append($comma) }
    [void] $Text.Append(']')
  }
  else { throw "The answer holds a $($base.GetType().FullName): pick its fields one by one." }
}

# Entries of a table, or properties of an object.
function Add-JsonObject([System.Text.StringBuilder] $Text, $Entries, [int] $Depth) {
  $comma = '{'
  foreach ($entry in $Entries) {
    $name = if ($entry -is [System.Management.Automation.PSPropertyInfo]) { $entry.Name } else { $entry.Key }
    [void] $Text.Append($comma).Append((Get-JsonText ([string] $name))).Append(':')
    Add-Json $Text $entry.Value ($Depth + 1)
    $comma = ','
  }
  if ($comma -ceq '{') { [void] $Text.Append($comma) }
  [void] $Text.Append('}')
}

# The JSON of a value without parts; nothing for one with parts.
function Get-SimpleJson($Value) {
  if ($null -eq $Value -or $Value -is [DBNull]) { return 'null' }
  $base = $Value.PSObject.BaseObject
  if ($base -is [string] -or $base -is [char]) { return Get-JsonText ([string] $base) }
  if ($base -is [bool]) { return $base.ToString().ToLowerInvariant() }
  if ($base -is [enum]) { return Get-JsonText $base.ToString() }
  if ($base -is [datetimeoffset]) { $base = $base.UtcDateTime }
  if ($base -is [datetime]) {
    return '"' + $base.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', $Invariant) + '"'
  }
  if ($base -is [timespan]) { $base = $base.TotalSeconds }
  if ($base -is [double] -or $base -is [single]) {
    if ([double]::IsNaN($base) -or [double]::IsInfinity($base)) { throw "The answer holds $base, which JSON has not." }
    return $base.ToString('R', $Invariant)
  }
  if ($base -is [decimal] -or $base -is [bigint] -or $base.GetType().IsPrimitive) {
    return $base.ToString($Invariant)
  }
  if ($base -is [guid] -or $base -is [version] -or $base -is [uri] -or $base -is [System.Net.IPAddress]) {
    return Get-JsonText $base.ToString()
  }
}

function Get-JsonText([string] $Text) {
  if ($Text -cnotmatch '[\x00-\x1f"\\\ud800-\udfff]') { return '"' + $Text + '"' }
  $escaped = $Text.Replace('\', '\\').Replace('"', '\"')
  for ($code = 0; $code -lt 32; $code++) { $escaped = $escaped.Replace([string] [char] $code, "\u$($code.ToString('x4'))") }
  # Halves of pairs, which UTF-8 cannot carry; from the end, so that the places before stay right.
  $halves = @([regex]::Matches($escaped, '[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]'))
  for ($i = $halves.Count - 1; $i -ge 0; $i--) {
    $at = $halves[$i].Index
    $escaped = $escaped.Remove($at, 1).Insert($at, "\u$(([int] $escaped[$at]).ToString('x4'))")
  }
  return '"' + $escaped + '"'
}

# Whether an object of a script's streams is its answer, and no message for a screen.
function Test-Answer($Value) {
  return -not ($Value -is [System.Management.Automation.InformationalRecord] -or
    $Value -is [System.Management.Automation.InformationRecord])
}

Export-ModuleMember -Function ConvertFrom-Wire, ConvertTo-Wire, ConvertTo-PlainJson, Test-Answer
