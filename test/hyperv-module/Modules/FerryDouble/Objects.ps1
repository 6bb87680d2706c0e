# Objects from the simulator's answers: of the right type, with all properties that Windows has (those
# that the answer does not tell are null), and with nothing that Windows has not: that is an error.

$PropertiesByClass = @{}
# Class -> Get-Plan.
$Plans = @{}
$Simple = @{
  guid = [guid]; version = [version]; timespan = [timespan]; datetime = [datetime]; string = [string]
  uint8 = [byte]; uint16 = [uint16]; uint32 = [uint32]; uint64 = [uint64]; boolean = [bool]
}

# A value of an answer. Arrays stay arrays.
function ConvertFrom-Answer($Value) {
  if ($null -eq $Value -or $Value -is [string]) { return $Value }
  if ($Value -is [array]) {
    $items = [object[]]::new($Value.Length)
    for ($i = 0; $i -lt $Value.Length; $i++) { $items[$i] = ConvertFrom-Answer $Value[$i] }
    return , $items
  }
  if ($Value -is [bigint]) { return [uint64] $Value }
  if ($Value -isnot [System.Management.Automation.PSCustomObject]) { return $Value }
  $properties = $Value.PSObject.Properties
  $sign = $properties['$type']
  if ($null -ne $sign) { return New-DoubleObject $sign.Value $Value }
  $sign = $properties['$enum']
  if ($null -ne $sign) { return Get-EnumValue $sign.Value $Value.value }
  if ($null -ne $properties['$date']) { return ConvertTo-Declared $Value.'$date' ([datetime]) }
  if ($null -ne $properties['$span']) { return ConvertTo-Declared $Value.'$span' ([timespan]) }
  $fields = [ordered]@{}
  foreach ($property in $properties) { $fields[$property.Name] = ConvertFrom-Answer $property.Value }
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

# What an object of a class is made by, kept until other things are lacking. Each answer of each test runs
# through here: few calls.
function Get-Plan([string] $Class) {
  $cim = $Class.Contains('_')
  if (-not $cim -and -not $TypesByName.ContainsKey($Class)) { throw "double: no class $Class in types/*.json" }
  $shape = Get-Shape $Class
  $lacking = Get-Lack 'properties' $Class
  $declared = @(Get-DeclaredProperty $Class)
  $text = $null
  for ($each = $shape; $each -and -not $text; $each = Get-Base $each) { $text = Get-Field $each 'text' }
  $Plans[$Class] = [pscustomobject]@{
    cim = $cim
    type = if ($cim) { $TypesByName['CimInstance'] } else { $TypesByName[$Class] }
    shape = $shape
    open = $null -eq $shape -or (Test-Key $shape 'open')
    # Some can be written, the others cannot.
    guarded = $cim -and $null -ne $shape -and (Test-Key $shape 'writable')
    properties = $declared.Where({ $_.name -notin $lacking })
    lacking = $declared.Where({ $_.name -in $lacking })
    # What `[string] $object` gives, where that is not the type's name.
    text = $text
  }
  return $Plans[$Class]
}

function New-DoubleObject([string] $Class, $Answer) {
  $plan = $Plans[$Class]
  if ($null -eq $plan) { $plan = Get-Plan $Class }
  $base = [System.Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($plan.type)
  $object = [psobject] $base
  $properties = $object.PSObject.Properties
  $left = [ordered]@{}
  foreach ($property in $Answer.PSObject.Properties) {
    $value = $property.Value
    if ($null -ne $value -and $value -isnot [string] -and -not $property.Name.StartsWith('$')) { $value = ConvertFrom-Answer $value }
    $left[$property.Name] = $value
  }
  $id = $left['$id']
  $computer = if ($left['ComputerName']) { $left['ComputerName'] } else { $env:FERRY_DOUBLE_HOST }
  foreach ($declared in $plan.lacking) { $left.Remove($declared.name) }
  foreach ($declared in $plan.properties) {
    $name = $declared.name
    if ($declared.alias) {
      $object.PSObject.Members.Add([System.Management.Automation.PSAliasProperty]::new($name, $declared.alias))
      continue
    }
    $value = $left[$name]
    $type = $declared.type
    if ($null -ne $type -and $null -ne $value) { $value = ConvertTo-Declared $value $type }
    $left.Remove($name)
    if ($plan.guarded) { Add-CimProperty $object $name $value $plan.shape }
    else { $properties.Add([psnoteproperty]::new($name, $value), $true) }
  }
  foreach ($name in $left.Keys) {
    if ($name.StartsWith('$')) { continue }
    if (-not $plan.open) { throw "double: $Class has no property $name in types/*.json" }
    $properties.Add([psnoteproperty]::new($name, $left[$name]), $true)
  }
  if ($plan.cim) { Add-CimFace $object $Class $Answer $plan.shape }
  $WireField.SetValue($base, [pscustomobject]@{ class = $Class; id = $id; computer = $computer })
  $text = if ($plan.cim) { $Class } elseif ($plan.text) { [string] $object.($plan.text) }
  $TextField.SetValue($base, $text)
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
