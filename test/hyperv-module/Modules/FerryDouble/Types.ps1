# Real .NET types, emitted from types/*.json: enums that behave as enums, and classes without members
# that a parameter can ask for and `GetType().Name` shows. Properties are notes, added in Objects.ps1:
# which ones there are depends on the release that is played.

$AssemblyName = 'Ferry.Double'
# Short name -> [type], and short name -> what types/*.json says of a class.
$TypesByName = [System.Collections.Generic.Dictionary[string, type]]::new([StringComparer]::OrdinalIgnoreCase)
$ShapesByName = [System.Collections.Generic.Dictionary[string, object]]::new([StringComparer]::OrdinalIgnoreCase)
$NonPublic = [System.Reflection.BindingFlags] 'NonPublic, Instance'

function Initialize-DoubleType {
  $files = @(Get-DataFile 'types') + "$PSScriptRoot/Types.ps1"
  $assembly = [System.Reflection.Assembly]::LoadFrom((Get-Made $files '' '.dll' { param($path) New-DoubleAssembly $path }))
  foreach ($type in $assembly.GetTypes()) { $TypesByName.Add($type.Name, $type) }
  $script:Remembered = $TypesByName['Remembered']
  $script:WireField = $Remembered.GetField('wire', $NonPublic)
  $script:TextField = $Remembered.GetField('text', $NonPublic)
}

# Only answers need it, and many PowerShells of the tests get none.
function Get-Shape([string] $Class) {
  if ($ShapesByName.Count -eq 0) {
    foreach ($group in Read-TypeGroup) {
      foreach ($kind in 'cim', 'classes') {
        if (-not (Test-Key $group $kind)) { continue }
        foreach ($entry in $group.$kind.PSObject.Properties) { $ShapesByName.Add($entry.Name, $entry.Value) }
      }
    }
  }
  if ($ShapesByName.ContainsKey($Class)) { return $ShapesByName[$Class] }
}

function Read-TypeGroup {
  foreach ($file in Get-DataFile 'types') {
    $data = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($file)) -Depth 16
    foreach ($group in $data.groups) { $group }
  }
}

function New-DoubleAssembly([string] $Path) {
  $name = [System.Reflection.AssemblyName]::new($AssemblyName)
  $assembly = [System.Reflection.Emit.PersistedAssemblyBuilder]::new($name, [object].Assembly)
  $builder = $assembly.DefineDynamicModule('types')
  $made = @{ Remembered = New-RememberedType $builder }
  New-SerializerType $builder
  foreach ($group in Read-TypeGroup) {
    if (Test-Key $group 'cim') { continue }
    foreach ($enum in Get-Entry $group 'enums') { New-EnumType $builder "$($group.namespace).$($enum.Name)" $enum.Value }
    foreach ($class in Get-Entry $group 'classes') {
      $base = if (Test-Key $class.Value 'base') { $class.Value.base } else { 'Remembered' }
      $made[$class.Name] = New-ClassType $builder "$($group.namespace).$($class.Name)" $made[$base]
    }
    if (Test-Key $group 'exceptions') {
      foreach ($exception in $group.exceptions) { New-ExceptionType $builder "$($group.namespace).$exception" }
    }
  }
  $assembly.Save($Path)
}

function Get-Entry($Group, [string] $Kind) {
  if (Test-Key $Group $Kind) { return $Group.$Kind.PSObject.Properties }
}

function Test-Key($Object, [string] $Name) { return $null -ne $Object.PSObject.Properties[$Name] }

function New-EnumType($Builder, [string] $FullName, $Values) {
  $enum = $Builder.DefineEnum($FullName, 'Public', [int])
  foreach ($value in $Values.PSObject.Properties) { [void] $enum.DefineLiteral($value.Name, [int] $value.Value) }
  [void] $enum.CreateType()
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

# Where the module leaves what CimSerializer does.
function New-SerializerType($Builder) {
  $class = $Builder.DefineType("$AssemblyName.Serializer", 'Public, Class')
  [void] $class.DefineField('How', [System.Func[object, byte[]]], 'Public, Static')
  [void] $class.CreateType()
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
  [void] $class.CreateType()
}
