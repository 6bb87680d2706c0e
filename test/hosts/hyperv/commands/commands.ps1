# Every command that these scripts call, with the parameters that they name, from their syntax trees.
# Given: `files` (paths). A table that is splatted counts with the keys that its own function, or the
# function that returned it, gives it.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Get-Tree([string] $Path) {
  $tokens = $null
  $errors = $null
  $tree = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $tokens, [ref] $errors)
  if (@($errors).Count -gt 0) { throw "$Path cannot be parsed: $($errors[0].Message)" }
  return $tree
}

# Compiled: a script block that is asked for each node of all files takes seconds.
$ast = [System.Management.Automation.Language.Ast]
$expression = [System.Linq.Expressions.Expression]
$taken = [System.Linq.Expressions.ParameterExpression[]] @($expression::Parameter($ast, 'node'))
$always = $expression::Lambda([System.Func[System.Management.Automation.Language.Ast, bool]], $expression::Constant($true), $taken).Compile()

# All nodes of a file by the name of their type: they are asked for again and again.
$kept = @{}
function Get-NodesByKind($Tree) {
  $file = $Tree.Extent.File
  if ($kept.ContainsKey($file)) { return $kept[$file] }
  for ($root = $Tree; $null -ne $root.Parent; $root = $root.Parent) { }
  $kept[$file] = @{}
  foreach ($node in $root.FindAll($always, $true)) {
    $kind = $node.GetType().Name
    if (-not $kept[$file].ContainsKey($kind)) { $kept[$file][$kind] = [System.Collections.Generic.List[object]]::new() }
    $kept[$file][$kind].Add($node)
  }
  return $kept[$file]
}

# By where they stand.
function Find-All($Tree, [string] $Kind) {
  $from = $Tree.Extent.StartOffset
  $to = $Tree.Extent.EndOffset
  foreach ($node in (Get-NodesByKind $Tree)[$Kind]) {
    if ($node.Extent.StartOffset -ge $from -and $node.Extent.EndOffset -le $to) { $node }
  }
}

# The function that a node stands in, else the file.
function Get-Owner($Node) {
  for ($at = $Node.Parent; $null -ne $at; $at = $at.Parent) {
    if ($at -is [System.Management.Automation.Language.FunctionDefinitionAst]) { return $at.Name }
  }
  return "file $($Node.Extent.File)"
}

function Get-VariableName($Node) {
  if ($Node -isnot [System.Management.Automation.Language.VariableExpressionAst]) { return '' }
  return ($Node.VariablePath.UserPath -replace '^script:', '').ToLowerInvariant()
}

# Of a table that is the whole expression: not of one inside it.
function Get-OwnKey($Right) {
  $whole = $Right
  if ($whole -is [System.Management.Automation.Language.PipelineAst] -and $whole.PipelineElements.Count -eq 1) { $whole = $whole.PipelineElements[0] }
  if ($whole -is [System.Management.Automation.Language.CommandExpressionAst]) { $whole = $whole.Expression }
  if ($whole -is [System.Management.Automation.Language.ConvertExpressionAst]) { $whole = $whole.Child }
  if ($whole -isnot [System.Management.Automation.Language.HashtableAst]) { return }
  $whole.KeyValuePairs | ForEach-Object { $_.Item1.Extent.Text.Trim("'", '"') }
}

# `$table[$name]` in a loop over names that stand there, or in a list of the file.
function Get-IndexKey($Index, $Tree) {
  $name = Get-VariableName $Index
  if ($name -eq '') { return $Index.Extent.Text.Trim("'", '"') }
  $owner = Get-Owner $Index
  foreach ($loop in Find-All $Tree 'ForEachStatementAst') {
    if ((Get-VariableName $loop.Variable) -ne $name -or (Get-Owner $loop) -ne $owner) { continue }
    $lists = @(Find-All $loop.Condition 'VariableExpressionAst' | ForEach-Object { Get-VariableName $_ })
    Find-All $loop.Condition 'StringConstantExpressionAst' | ForEach-Object { $_.Value }
    foreach ($assignment in Find-All $Tree 'AssignmentStatementAst') {
      if ($lists -notcontains (Get-VariableName $assignment.Left)) { continue }
      Find-All $assignment.Right 'StringConstantExpressionAst' | ForEach-Object { $_.Value }
    }
  }
}

# 'owner/variable' to keys, and 'owner/' to what the function returns.
$keys = @{}
$returned = @{}
$calls = @()
$own = @()
$trees = foreach ($file in $Given.files) { [ordered]@{ file = $file; tree = Get-Tree $file } }

function Add-Key([string] $Place, $Found) {
  $keys[$Place] = @(@($keys[$Place]) + @($Found) | Where-Object { $_ -match '^[A-Za-z]+$' })
}

foreach ($one in $trees) {
  $tree = $one.tree
  $own += @(Find-All $tree 'FunctionDefinitionAst' | ForEach-Object { $_.Name })
  foreach ($assignment in Find-All $tree 'AssignmentStatementAst') {
    $left = $assignment.Left
    $owner = Get-Owner $assignment
    $name = Get-VariableName $left
    if ($name -ne '') {
      Add-Key "$owner/$name" (Get-OwnKey $assignment.Right)
      $called = @(Find-All $assignment.Right 'CommandAst' | ForEach-Object { $_.GetCommandName() })
      if ($called.Count -eq 1) { $returned["$owner/$name"] = $called[0] }
    }
    if ($left -is [System.Management.Automation.Language.IndexExpressionAst]) { Add-Key "$owner/$(Get-VariableName $left.Target)" (Get-IndexKey $left.Index $tree) }
    if ($left -is [System.Management.Automation.Language.MemberExpressionAst]) { Add-Key "$owner/$(Get-VariableName $left.Expression)" $left.Member.Extent.Text }
  }
  foreach ($return in Find-All $tree 'ReturnStatementAst') {
    $owner = Get-Owner $return
    if ($null -eq $return.Pipeline) { continue }
    Add-Key "$owner/" (Get-OwnKey $return.Pipeline)
    $first = @($return.Pipeline.PipelineElements)[0]
    if ($first -isnot [System.Management.Automation.Language.CommandExpressionAst]) { continue }
    $variable = Get-VariableName $first.Expression
    if ($variable -ne '') { Add-Key "$owner/" $keys["$owner/$variable"] }
  }
}

foreach ($one in $trees) {
  foreach ($command in Find-All $one.tree 'CommandAst') {
    $name = $command.GetCommandName()
    if (-not $name) { continue }
    $owner = Get-Owner $command
    $parameters = @()
    foreach ($element in $command.CommandElements) {
      if ($element -is [System.Management.Automation.Language.CommandParameterAst]) { $parameters += $element.ParameterName }
      if ($element -isnot [System.Management.Automation.Language.VariableExpressionAst] -or -not $element.Splatted) { continue }
      $table = Get-VariableName $element
      # What the function does not set itself is the file's.
      $place = "$owner/$table", "file $($one.file)/$table" | Where-Object { $keys.ContainsKey($_) } | Select-Object -First 1
      if ($null -eq $place) { continue }
      $parameters += @($keys[$place])
      if ($returned.ContainsKey($place)) { $parameters += @($keys["$($returned[$place])/"]) }
    }
    $calls += [ordered]@{ name = $name; parameters = @($parameters | Where-Object { $_ }); file = [System.IO.Path]::GetFileName($one.file) }
  }
}
# What is read of objects: by a dot, or by our own functions for what not every release has.
$readers = 'Get-Property', 'Read-Property'
$members = foreach ($one in $trees) {
  Find-All $one.tree 'MemberExpressionAst' | ForEach-Object { $_.Member.Extent.Text.Trim("'", '"') }
  Find-All $one.tree 'CommandAst' | Where-Object { $readers -contains $_.GetCommandName() } | ForEach-Object {
    Find-All $_ 'StringConstantExpressionAst' | ForEach-Object { $_.Value }
  }
}
[ordered]@{ calls = $calls; own = @($own); members = @($members | Sort-Object -Unique) }
