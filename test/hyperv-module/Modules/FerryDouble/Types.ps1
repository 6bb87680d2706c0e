# Real .NET types, emitted from types/*.json: enums that behave as enums, and classes without members
# that a parameter can ask for and `GetType().Name` shows. Properties are notes, added in Objects.ps1:
# which ones there are depends on the release that is played.

$AssemblyName = 'Ferry.Double'
# Short name -> [type], and for classes short name -> what types/*.json says.
$TypesByName = [System.Collections.Generic.Dictionary[string, type]]::new([StringComparer]::OrdinalIgnoreCase)
$ShapesByName = [System.Collections.Generic.Dictionary[string, object]]::new([StringComparer]::OrdinalIgnoreCase)
$NonPublic = [System.Reflection.BindingFlags] 'NonPublic, Instance'

# Once a runspace; the types themselves once a process, for jobs run in other runspaces.
function Initialize-DoubleType {
  $known = [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq $AssemblyName }, 'First')
  $builder = $null
  if ($known.Count -eq 0) {
    $name = [System.Reflection.AssemblyName]::new($AssemblyName)
    $builder = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly($name, 'Run').DefineDynamicModule('types')
    $script:Remembered = New-RememberedType $builder
  }
  else { $script:Remembered = $known[0].GetType("$AssemblyName.Remembered") }
  $script:WireField = $Remembered.GetField('wire', $NonPublic)
  $script:TextField = $Remembered.GetField('text', $NonPublic)

  foreach ($file in [System.IO.Directory]::GetFiles("$DataFolder/types", '*.json')) {
    $data = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($file)) -Depth 16
    foreach ($group in $data.groups) { Add-TypeGroup $group $builder $known }
  }
}

function Add-TypeGroup($Group, $Builder, $Known) {
  if (Test-Key $Group 'cim') {
    foreach ($class in $Group.cim.PSObject.Properties) { $ShapesByName.Add($class.Name, $class.Value) }
    return
  }
  $namespace = $Group.namespace
  if (Test-Key $Group 'enums') {
    foreach ($enum in $Group.enums.PSObject.Properties) {
      Add-Type1 $enum.Name "$namespace.$($enum.Name)" $Known { param($full) New-EnumType $Builder $full $enum.Value }
    }
  }
  if (Test-Key $Group 'classes') {
    foreach ($class in $Group.classes.PSObject.Properties) {
      $base = if (Test-Key $class.Value 'base') { $TypesByName[$class.Value.base] } else { $Remembered }
      Add-Type1 $class.Name "$namespace.$($class.Name)" $Known { param($full) New-ClassType $Builder $full $base }
      $ShapesByName.Add($class.Name, $class.Value)
    }
  }
  if (Test-Key $Group 'exceptions') {
    foreach ($name in $Group.exceptions) {
      Add-Type1 $name "$namespace.$name" $Known { param($full) New-ExceptionType $Builder $full }
    }
  }
}

function Add-Type1([string] $Name, [string] $FullName, $Known, [scriptblock] $New) {
  $type = if ($Known.Count -gt 0) { $Known[0].GetType($FullName) } else { & $New $FullName }
  $TypesByName.Add($Name, $type)
}

function Test-Key($Object, [string] $Name) { return $null -ne $Object.PSObject.Properties[$Name] }

function New-EnumType($Builder, [string] $FullName, $Values) {
  $enum = $Builder.DefineEnum($FullName, 'Public', [int])
  foreach ($value in $Values.PSObject.Properties) { [void] $enum.DefineLiteral($value.Name, [int] $value.Value) }
  return $enum.CreateType()
}

# What each object from the simulator carries without showing it: its reference, and its text.
function New-RememberedType($Builder) {
  $ops = [System.Reflection.Emit.OpCodes]
  $class = $Builder.DefineType("$AssemblyName.Remembered", 'Public, Class')
  [void] $class.DefineField('wire', [object], 'Assembly')
  $text = $class.DefineField('text', [string], 'Assembly')
  $constructor = $class.DefineConstructor('Family', 'Standard', [type[]] @())
  $body = $constructor.GetILGenerator()
  $body.Emit($ops::Ldarg_0)
  $body.Emit($ops::Call, [object].GetConstructor([type[]] @()))
  $body.Emit($ops::Ret)

  $method = $class.DefineMethod('ToString', 'Public, Virtual, HideBySig', [string], [type[]] @())
  $body = $method.GetILGenerator()
  $whole = $body.DefineLabel()
  $body.Emit($ops::Ldarg_0)
  $body.Emit($ops::Ldfld, $text)
  $body.Emit($ops::Dup)
  $body.Emit($ops::Brtrue, $whole)
  $body.Emit($ops::Pop)
  $body.Emit($ops::Ldarg_0)
  $body.Emit($ops::Call, [object].GetMethod('ToString'))
  $body.MarkLabel($whole)
  $body.Emit($ops::Ret)
  return $class.CreateType()
}

# Without a public constructor, so that no hashtable or text is turned into one, as on Windows.
function New-ClassType($Builder, [string] $FullName, [type] $Base) {
  $class = $Builder.DefineType($FullName, 'Public, Class', $Base)
  $constructor = $class.DefineConstructor('Family', 'Standard', [type[]] @())
  $body = $constructor.GetILGenerator()
  $body.Emit([System.Reflection.Emit.OpCodes]::Ldarg_0)
  $body.Emit([System.Reflection.Emit.OpCodes]::Call, $Base.GetConstructors($NonPublic)[0])
  $body.Emit([System.Reflection.Emit.OpCodes]::Ret)
  return $class.CreateType()
}

function New-ExceptionType($Builder, [string] $FullName) {
  $class = $Builder.DefineType($FullName, 'Public, Class', [System.Exception])
  $constructor = $class.DefineConstructor('Public', 'Standard', [type[]] @([string]))
  $body = $constructor.GetILGenerator()
  $body.Emit([System.Reflection.Emit.OpCodes]::Ldarg_0)
  $body.Emit([System.Reflection.Emit.OpCodes]::Ldarg_1)
  $body.Emit([System.Reflection.Emit.OpCodes]::Call, [System.Exception].GetConstructor([type[]] @([string])))
  $body.Emit([System.Reflection.Emit.OpCodes]::Ret)
  return $class.CreateType()
}
