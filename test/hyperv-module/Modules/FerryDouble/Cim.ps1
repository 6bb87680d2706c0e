# CIM instances as settings that a method takes: made on the client alone, changed, and written as the
# text of an embedded instance. A property keeps the CIM type that it is declared with.

$CimTypes = @{
  [byte] = 'uint8'; [uint16] = 'uint16'; [uint32] = 'uint32'; [uint64] = 'uint64'; [bool] = 'boolean'
  [sbyte] = 'sint8'; [int16] = 'sint16'; [int] = 'sint32'; [long] = 'sint64'; [string] = 'string'
}

# `New-CimInstance -ClientOnly -ClassName`: asks nobody, so that each type is that of the value given.
function New-ClientInstance($Bound) {
  $base = [System.Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($TypesByName['CimInstance'])
  $object = [psobject] $base
  if ($Bound.ContainsKey('Property')) {
    foreach ($name in $Bound.Property.Keys) {
      $object.PSObject.Properties.Add([psnoteproperty]::new($name, $Bound.Property[$name]), $true)
    }
  }
  $namespace = if ($Bound.ContainsKey('Namespace')) { $Bound.Namespace } else { 'root/cimv2' }
  Add-CimFace $object $Bound.ClassName ([pscustomobject]@{ '$namespace' = $namespace.Replace('\', '/') }) $null
  $WireField.SetValue($base, [pscustomobject]@{ class = $Bound.ClassName; id = $null; client = $true })
  $TextField.SetValue($base, $Bound.ClassName)
  return $object
}

# Read-only properties of a class whose data says which can be written.
function Add-CimProperty($Object, [string] $Name, $Value, $Shape) {
  $writable = @(Get-Field $Shape 'writable' | ForEach-Object { "$_".Split([char] ' ') })
  $property = if ($writable -contains $Name) { [psnoteproperty]::new($Name, $Value) }
  else { [System.Management.Automation.PSVariableProperty]::new([psvariable]::new($Name, $Value, 'ReadOnly')) }
  $Object.PSObject.Properties.Add($property, $true)
}

# What CimSerializer makes of an instance: CIM-XML, with a type for each property, in UTF-16.
function ConvertTo-CimText($Instance) {
  $wire = $WireField.GetValue($Instance.PSObject.BaseObject)
  $declared = @{}
  if ($null -eq $wire.PSObject.Properties['client']) {
    foreach ($each in Get-DeclaredProperty $wire.class) { $declared[$each.name] = $each.type }
  }
  $text = [System.Text.StringBuilder]::new("<INSTANCE CLASSNAME=`"$($wire.class)`">")
  foreach ($property in $Instance.PSObject.Properties) {
    if ($property.Name -in 'CimClass', 'CimSystemProperties', 'PSComputerName' -or $null -eq $property.Value) { continue }
    Add-CimText $text $property.Name $property.Value $declared[$property.Name]
  }
  return $text.Append('</INSTANCE>').ToString()
}

function Add-CimText($Text, [string] $Name, $Value, [type] $Declared) {
  if ($null -ne $Declared) { $Value = ConvertTo-Declared $Value $Declared }
  $items = @($Value)
  $array = $Value -is [array]
  $plain = if ($array) { if ($items.Length -gt 0) { $items[0].GetType() } else { [string] } } else { $Value.PSObject.BaseObject.GetType() }
  $type = $CimTypes[$plain]
  if (-not $type) { throw "double: $Name is a $plain, which is no type of CIM" }
  $element = if ($array) { 'PROPERTY.ARRAY' } else { 'PROPERTY' }
  [void] $Text.Append("<$element NAME=`"$Name`" TYPE=`"$type`">")
  if ($array) { [void] $Text.Append('<VALUE.ARRAY>') }
  foreach ($item in $items) {
    $written = if ($item -is [bool]) { "$item".ToUpperInvariant() } else { [System.Security.SecurityElement]::Escape([string] $item) }
    [void] $Text.Append("<VALUE>$written</VALUE>")
  }
  if ($array) { [void] $Text.Append('</VALUE.ARRAY>') }
  [void] $Text.Append("</$element>")
}

# The CIM types of a method's arguments, for those that have one.
function Get-ArgumentType([System.Collections.IDictionary] $Arguments) {
  $types = [ordered]@{}
  foreach ($name in $Arguments.Keys) {
    if ($null -eq $Arguments[$name]) { continue }
    $type = $CimTypes[$Arguments[$name].PSObject.BaseObject.GetType()]
    if ($type) { $types[[string] $name] = $type }
  }
  return $types
}

# The real CimSerializer cannot work on Linux; its `Serialize` is replaced in FerryDouble.types.ps1xml.
function Initialize-CimSerializer {
  $how = [System.Func[object, byte[]]] { param($instance) , [System.Text.Encoding]::Unicode.GetBytes((ConvertTo-CimText $instance)) }
  $TypesByName['Serializer'].GetField('How').SetValue($null, $how)
}
