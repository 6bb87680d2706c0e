# What Windows PowerShell 5.1 does not know, as far as the syntax tree of PowerShell 7 shows it, and
# what our own rules ask of each script. Given: `files` (paths). Answers { findings }: 'file:line what'.
param($Given)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$tokenKinds = 'QuestionMark', 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr', 'Clean'
# Parameters by command; '*' means the whole command.
$parameters = @{
  'ConvertFrom-Json' = 'AsHashtable', 'Depth', 'NoEnumerate', 'DateKind'
  'ConvertTo-Json' = 'EnumsAsStrings', 'AsArray', 'EscapeHandling'
  'ForEach-Object' = 'Parallel', 'ThrottleLimit', 'AsJob', 'TimeoutSeconds'
  'Join-Path' = 'AdditionalChildPath', 'Extension'
  'Split-Path' = 'LeafBase', 'Extension'
  'Get-Content' = 'AsByteStream'
  'Set-Content' = 'AsByteStream'
  'Sort-Object' = 'Top', 'Bottom'
  'Select-Object' = 'SkipIndex', 'CaseInsensitive'
  'Get-Date' = 'AsUTC', 'UnixTimeSeconds'
  'Start-Sleep' = 'Duration'
  'Test-Connection' = 'TargetName', 'TcpPort', 'Ping', 'IPv4', 'IPv6', 'MtuSize', 'Traceroute', 'Repeat'
  'Get-Error' = '*'; 'Join-String' = '*'; 'Test-Json' = '*'; 'Get-Uptime' = '*'; 'Remove-Service' = '*'
  'Start-ThreadJob' = '*'; 'Remove-Alias' = '*'; 'ConvertFrom-Markdown' = '*'; 'Show-Markdown' = '*'
}
$variables = 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSStyle', 'EnabledExperimentalFeatures'
$types = 'ushort', 'ulong', 'uint', 'short', 'semver', 'System.Text.Json.*', 'ordered'

function Get-CommandFinding($Command) {
  $name = $Command.GetCommandName()
  if ($null -eq $name -or -not $parameters.ContainsKey($name)) { return }
  if ($parameters[$name] -contains '*') { return $name }
  foreach ($element in $Command.CommandElements) {
    if ($element -isnot [System.Management.Automation.Language.CommandParameterAst]) { continue }
    # Also where it is shortened.
    if (@($parameters[$name]) -like "$($element.ParameterName)*") { "$name -$($element.ParameterName)" }
  }
  if ($name -eq 'Join-Path' -and @($Command.CommandElements | Where-Object { $_ -isnot [System.Management.Automation.Language.CommandParameterAst] }).Count -gt 3) {
    'Join-Path with three parts'
  }
}

function Get-NodeFinding($Node) {
  switch ($Node.GetType().Name) {
    'TernaryExpressionAst' { '? :' }
    'PipelineChainAst' { '&& or ||' }
    'CommandAst' { Get-CommandFinding $Node }
    'PipelineAst' { if ($Node.Background) { '& at the end' } }
    'VariableExpressionAst' { if ($variables -contains $Node.VariablePath.UserPath) { "`$$($Node.VariablePath.UserPath)" } }
    'TypeExpressionAst' { foreach ($type in $types) { if ($Node.TypeName.FullName -like $type) { "[$($Node.TypeName.FullName)]" } } }
    'TypeConstraintAst' { foreach ($type in $types) { if ($type -ne 'ordered' -and $Node.TypeName.FullName -like $type) { "[$($Node.TypeName.FullName)]" } } }
    'ConstantExpressionAst' { if ($Node.Extent.Text -match '^0b|[0-9](u|y|uy|s|us|ul|n)$') { "number $($Node.Extent.Text)" } }
    'ExpandableStringExpressionAst' { if ($Node.Extent.Text -match '`[ue]') { '`u or `e' } }
    'StringConstantExpressionAst' { if ($Node.StringConstantType -like 'DoubleQuoted*' -and $Node.Extent.Text -match '`[ue]') { '`u or `e' } }
  }
}

function Get-FileFinding([string] $File) {
  $tokens = $errors = $null
  $tree = [System.Management.Automation.Language.Parser]::ParseFile($File, [ref] $tokens, [ref] $errors)
  foreach ($e in $errors) { "$($e.Extent.StartLineNumber) $($e.Message)" }
  foreach ($token in $tokens) { if ($tokenKinds -contains $token.Kind) { "$($token.Extent.StartLineNumber) $($token.Text)" } }
  foreach ($node in $tree.FindAll({ $true }, $true)) {
    foreach ($what in Get-NodeFinding $node) { "$($node.Extent.StartLineNumber) $what" }
  }
  # Windows PowerShell reads a file without a byte order mark in the code page of the machine.
  if ($tree.Extent.Text -cmatch '[^\x00-\x7f]') { '1 not ASCII' }
  $top = @($tree.EndBlock.Statements | ForEach-Object { $_.Extent.Text })
  if ($top -notcontains 'Set-StrictMode -Version Latest') { '1 without Set-StrictMode -Version Latest' }
  if ($top -notcontains '$ErrorActionPreference = ''Stop''') { '1 without $ErrorActionPreference' }
}

# The codes that a script ends itself with.
function Get-Code([string] $File) {
  $tree = [System.Management.Automation.Language.Parser]::ParseFile($File, [ref] $null, [ref] $null)
  $isStop = { $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -eq 'Stop-Script' }
  foreach ($command in $tree.FindAll($isStop, $true)) { $command.CommandElements[1].Extent.Text.Trim("'") }
}

[ordered]@{
  findings = @(foreach ($file in $Given.files) { foreach ($line in Get-FileFinding $file) { "$([System.IO.Path]::GetFileName($file)):$line" } })
  codes = @(foreach ($file in $Given.files) { Get-Code $file })
}
