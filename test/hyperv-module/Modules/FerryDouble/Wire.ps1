# The wire to the simulator: JSON over HTTP on loopback. Where it is stands in FERRY_DOUBLE_URL, the
# host whose Windows this plays in FERRY_DOUBLE_HOST.

# A Move-VM may last as long as it likes: whoever calls has the limit.
$Handler = [System.Net.Http.HttpClientHandler]::new()
$Handler.UseProxy = $false
$Client = [System.Net.Http.HttpClient]::new($Handler)
$Client.Timeout = [System.Threading.Timeout]::InfiniteTimeSpan
# Between two looks: has the job ended, was this pipeline stopped.
$PollMilliseconds = 50
$DepthMax = 12

# The JSON that the simulator answers, as objects.
function Send-Double([string] $Method, [string] $Path, [string] $Body) {
  if (-not $env:FERRY_DOUBLE_URL) { throw 'double: FERRY_DOUBLE_URL does not say where the simulator is' }
  $request = [System.Net.Http.HttpRequestMessage]::new($Method, $env:FERRY_DOUBLE_URL.TrimEnd('/') + $Path)
  if ($Body) { $request.Content = [System.Net.Http.StringContent]::new($Body, [System.Text.Encoding]::UTF8, 'application/json') }
  $response = Wait-Task $Client.SendAsync($request)
  $text = Wait-Task $response.Content.ReadAsStringAsync()
  if (-not $response.IsSuccessStatusCode) { throw "double: the simulator answered $([int] $response.StatusCode) to $Method ${Path}: $text" }
  return ConvertFrom-Json -InputObject $text -DateKind String -Depth 64
}

# In small pieces, so that a stopped pipeline ends here too.
function Wait-Task($Task) {
  while (-not $Task.Wait($PollMilliseconds)) { }
  return $Task.GetAwaiter().GetResult()
}

# ASCII only, whatever is in it.
function ConvertTo-AsciiJson($Value) {
  $json = ConvertTo-Json -InputObject $Value -Depth ($DepthMax + 4) -Compress
  return [regex]::Replace($json, '[^\x00-\x7f]', { param($match) '\u{0:x4}' -f [int] $match.Value[0] })
}

# A parameter's value for the simulator: objects of its own as references, enums as names.
function ConvertTo-Request($Value, [int] $Depth = 0) {
  if ($null -eq $Value) { return $null }
  if ($Depth -gt $DepthMax) { throw "double: a parameter is nested deeper than $DepthMax levels" }
  $base = $Value.PSObject.BaseObject
  if ($base -is [string] -or $base -is [bool]) { return $base }
  if ($base -is [switch]) { return $base.IsPresent }
  if ($base -is [enum]) { return $base.ToString() }
  if ($base -is [datetime]) { return @{ '$date' = $base.ToUniversalTime().ToString('o') } }
  if ($base -is [timespan]) { return @{ '$span' = $base.TotalSeconds } }
  if ($base -is [pscredential]) { return @{ '$type' = 'PSCredential'; UserName = $base.UserName } }
  if ($base -is $Remembered) { return ConvertTo-Reference $Value $base $Depth }
  if ($base -is [System.Collections.IDictionary]) {
    $fields = [ordered]@{}
    foreach ($key in $base.Keys) { $fields[[string] $key] = ConvertTo-Request $base[$key] ($Depth + 1) }
    return $fields
  }
  if ($base -is [System.Collections.IEnumerable]) {
    $items = [System.Collections.Generic.List[object]]::new()
    foreach ($item in $base) { $items.Add((ConvertTo-Request $item ($Depth + 1))) }
    return , $items.ToArray()
  }
  if ($base.GetType().IsPrimitive -and $base -isnot [char]) { return $base }
  if ($base -is [System.Management.Automation.PSCustomObject]) { return Get-Fields $Value $Depth }
  return [string] $base
}

function ConvertTo-Reference($Value, $Base, [int] $Depth) {
  $wire = $WireField.GetValue($Base)
  if ($null -eq $wire.id) {
    $fields = Get-Fields $Value $Depth
    $fields.Insert(0, '$type', $wire.class)
    return $fields
  }
  return [ordered]@{ '$type' = $wire.class; '$id' = $wire.id; ComputerName = Get-Field $Value 'ComputerName' }
}

function Get-Fields($Value, [int] $Depth) {
  $fields = [ordered]@{}
  foreach ($property in $Value.PSObject.Properties) {
    if ($property -is [psnoteproperty]) { $fields[$property.Name] = ConvertTo-Request $property.Value ($Depth + 1) }
  }
  return $fields
}
