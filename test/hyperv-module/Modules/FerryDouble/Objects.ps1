# Objects from the simulator's answers: of the right type, with all properties that Windows has (those
# that the answer does not tell are null), and with nothing that Windows has not: that is an error.

$PropertiesByClass = @{}
$Simple = @{
  guid = [guid]; version = [version]; timespan = [timespan]; datetime = [datetime]; string = [string]
  uint8 = [byte]; uint16 = [uint16]; uint32 = [uint32]; uint64 = [uint64]; boolean = [bool]
}

# A value of an answer. Arrays stay arrays.
function ConvertFrom-Answer($Value) {
  if ($null -eq $Value) { return $null }
  if ($Value -is [array]) {
    $items = [object[]]::new($Value.Length)
    for ($i = 0; $i -lt $Value.Length; $i++) { $items[$i] = ConvertFrom-Answer $Value[$i] }
    return , $items
  }
  if ($Value -is [bigint]) { return [uint64] $Value }
  if ($Value -isnot [System.Management.Automation.PSCustomObject]) { return $Value }
  if (Test-Key $Value '$enum') { return Get-EnumValue $Value.'$enum' $Value.value }
  if (Test-Key $Value '$date') { return ConvertTo-Declared $Value.'$date' ([datetime]) }
  if (Test-Key $Value '$span') { return ConvertTo-Declared $Value.'$span' ([timespan]) }
  if (Test-Key $Value '$type') { return New-DoubleObject $Value.'$type' $Value }
  $fields = [ordered]@{}
  foreach ($property in $Value.PSObject.Properties) { $fields[$property.Name] = ConvertFrom-Answer $property.Value }
  return [pscustomobject] $fields
}

function Get-EnumValue([string] $Name, $Value) {
  if (-not $TypesByName.ContainsKey($Name)) { throw "double: no enum $Name in types/*.json" }
  return ConvertTo-Declared $Value $TypesByName[$Name]
}

# As the property is declared on Windows: time spans travel as seconds, dates as ISO 8601.
function ConvertTo-Declared($Value, [type] $Type) {
  if ($null -eq $Value) { return $null }
  if ($Type -eq [timespan] -and $Value -isnot [timespan]) { return [timespan]::FromSeconds($Value) }
  if ($Type -eq [datetime] -and $Value -is [string]) {
    return [datetime]::Parse($Value, [cultureinfo]::InvariantCulture, 'RoundtripKind')
  }
  if ($Type.IsEnum -and $Value -isnot [string]) { return [enum]::ToObject($Type, [int] $Value) }
  return [System.Management.Automation.LanguagePrimitives]::ConvertTo($Value, $Type)
}

function New-DoubleObject([string] $Class, $Answer) {
  $cim = $Class.Contains('_')
  if (-not $cim -and -not $TypesByName.ContainsKey($Class)) { throw "double: no class $Class in types/*.json" }
  $type = if ($cim) { $TypesByName['CimInstance'] } else { $TypesByName[$Class] }
  $base = [System.Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($type)
  $object = [psobject] $base
  $shape = Get-Shape $Class
  $open = $null -eq $shape -or (Test-Key $shape 'open')

  $left = [System.Collections.Generic.HashSet[string]]::new([StringComparer]::OrdinalIgnoreCase)
  foreach ($property in $Answer.PSObject.Properties) {
    if (-not $property.Name.StartsWith('$')) { [void] $left.Add($property.Name) }
  }
  $lacking = Get-Lack 'properties' $Class
  foreach ($declared in Get-DeclaredProperty $Class) {
    if ($declared.name -in $lacking) {
      [void] $left.Remove($declared.name)
      continue
    }
    if ($declared.alias) {
      $object.PSObject.Members.Add([System.Management.Automation.PSAliasProperty]::new($declared.name, $declared.alias))
      continue
    }
    $given = $Answer.PSObject.Properties[$declared.name]
    $value = if ($null -eq $given) { $null } else { ConvertFrom-Answer $given.Value }
    if ($null -ne $declared.type) { $value = ConvertTo-Declared $value $declared.type }
    [void] $left.Remove($declared.name)
    if ($cim -and (Test-Key $shape 'writable')) { Add-CimProperty $object $declared.name $value $shape }
    else { $object.PSObject.Properties.Add([psnoteproperty]::new($declared.name, $value), $true) }
  }
  foreach ($name in $left) {
    if (-not $open) { throw "double: $Class has no property $name in types/*.json" }
    $value = ConvertFrom-Answer $Answer.PSObject.Properties[$name].Value
    $object.PSObject.Properties.Add([psnoteproperty]::new($name, $value), $true)
  }
  if ($cim) { Add-CimFace $object $Class $Answer $shape }
  $computer = Get-Field $Answer 'ComputerName'
  if (-not $computer) { $computer = $env:FERRY_DOUBLE_HOST }
  $WireField.SetValue($base, [pscustomobject]@{ class = $Class; id = Get-Field $Answer '$id'; computer = $computer })
  $TextField.SetValue($base, (Get-ObjectText $object $Class $cim))
  return $object
}

function Get-Field($Object, [string] $Name) {
  $property = $Object.PSObject.Properties[$Name]
  if ($null -ne $property) { return $property.Value }
}

# What makes a CIM instance of its class recognised: its type names, and CimClass.
function Add-CimFace($Object, [string] $Class, $Answer, $Shape) {
  $namespace = Get-Field $Answer '$namespace'
  if (-not $namespace) { $namespace = if ($null -ne $Shape) { $Shape.namespace } else { 'ROOT/cimv2' } }
  $Object.PSObject.TypeNames.Insert(0, 'Microsoft.Management.Infrastructure.CimInstance')
  $Object.PSObject.TypeNames.Insert(0, "Microsoft.Management.Infrastructure.CimInstance#$Class")
  $Object.PSObject.TypeNames.Insert(0, "Microsoft.Management.Infrastructure.CimInstance#$namespace/$Class")
  $face = [pscustomobject]@{ CimClassName = $Class; CimSuperClassName = $null }
  $Object.PSObject.Properties.Add([psnoteproperty]::new('CimClass', $face), $true)
  $server = Get-Field $Answer '$computer'
  $system = [pscustomobject]@{ Namespace = $namespace; ServerName = if ($server) { $server } else { $env:FERRY_DOUBLE_HOST }; ClassName = $Class; Path = $null }
  $Object.PSObject.Properties.Add([psnoteproperty]::new('CimSystemProperties', $system), $true)
  if ($null -eq $Object.PSObject.Properties['PSComputerName']) {
    $Object.PSObject.Properties.Add([psnoteproperty]::new('PSComputerName', (Get-Field $Answer '$computer')), $true)
  }
}

# What `[string] $object` gives, where that is not the type's name.
function Get-ObjectText($Object, [string] $Class, [bool] $Cim) {
  if ($Cim) { return $Class }
  for ($shape = Get-Shape $Class; $shape; $shape = Get-Base $shape) {
    $text = Get-Field $shape 'text'
    if ($text) { return [string] $Object.$text }
  }
}

function Get-Base($Shape) {
  $base = Get-Field $Shape 'base'
  if ($base) { return Get-Shape $base }
}

# "Name", "Name:type" or "Alias=Name" of a class and its bases.
function Get-DeclaredProperty([string] $Class) {
  if ($PropertiesByClass.ContainsKey($Class)) { return $PropertiesByClass[$Class] }
  $found = [System.Collections.Generic.List[object]]::new()
  for ($shape = Get-Shape $Class; $shape; $shape = Get-Base $shape) {
    foreach ($word in (@(Get-Field $shape 'properties') -join ' ').Split([char] ' ', [System.StringSplitOptions]::RemoveEmptyEntries)) {
      $found.Add((Read-Declaration $word))
    }
  }
  $PropertiesByClass[$Class] = $found.ToArray()
  return $PropertiesByClass[$Class]
}

function Read-Declaration([string] $Word) {
  if ($Word.Contains('=')) {
    $name, $alias = $Word.Split('=')
    return [pscustomobject]@{ name = $name; alias = $alias; type = $null }
  }
  $name, $type = $Word.Split(':')
  return [pscustomobject]@{ name = $name; alias = $null; type = if ($type) { Resolve-DeclaredType $type } else { $null } }
}

function Resolve-DeclaredType([string] $Name) {
  $plain = $Name.Replace('[]', '')
  $type = if ($Simple.ContainsKey($plain)) { $Simple[$plain] } else { $TypesByName[$plain] }
  if ($null -eq $type) { throw "double: no type $plain in types/*.json" }
  if ($Name.EndsWith('[]')) { return $type.MakeArrayType() }
  return $type
}
