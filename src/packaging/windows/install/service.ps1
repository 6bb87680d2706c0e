# The task that starts with Windows, and the worker that it keeps running (service\keep-worker.ts).

$TaskPath = '\Ferry\'
$AgainMinutes = 1
# 4 is what programs have. Tasks have 7 by themselves: less of the processor, and disks and memory only when nobody else wants them.
$TaskPriority = 4
$RestartsMax = 255
# A worker that has ended so often is not waited for.
$EndsMax = 3
$SettleSeconds = 3
# The keeper gives the worker 90 s.
$StopSeconds = 120
$LogLines = 15
$NotGranted = 'The account may not log on as a batch job: a policy of the domain takes that right away.'
$NoPassword = 'This host may not use the account. For a group-managed one, see PrincipalsAllowedToRetrieveManagedPassword, and try: Test-ADServiceAccount'
$TaskResults = @{ '80070569' = $NotGranted; '8007052E' = $NoPassword; '80070534' = $NoPassword }

function Get-Task($Record) {
  return Get-ScheduledTask -TaskName $Record.task -TaskPath $TaskPath -ErrorAction SilentlyContinue
}

# Without a trigger of its own for "it ended": what Windows calls restart on failure is for tasks that could not be started. So the task is started each
# minute, which does nothing while it runs.
function Set-Worker($Record) {
  $root = Get-VersionFolder $Record.folder $Record.version
  $node = [IO.Path]::Combine($root, 'node', 'node.exe')
  $keeper = [IO.Path]::Combine($root, 'service', 'keep-worker.ts')
  $arguments = "--disable-warning=ExperimentalWarning `"$keeper`" `"$($Record.folder)`""
  $task = Get-Task $Record
  if ($task -and $task.Actions[0].Execute -eq $node -and $task.Actions[0].Arguments -eq $arguments) { return }
  Invoke-Change "task $TaskPath$($Record.task)" "run version $($Record.version) as $($Record.account), from the start of Windows on" {
    $triggers = @(
      New-ScheduledTaskTrigger -AtStartup
      New-ScheduledTaskTrigger -Once -At ([datetime]::Today) -RepetitionInterval (New-TimeSpan -Minutes $AgainMinutes)
    )
    $limits = @{
      MultipleInstances = 'IgnoreNew'; ExecutionTimeLimit = [timespan]::Zero; Priority = $TaskPriority
      RestartCount = $RestartsMax; RestartInterval = New-TimeSpan -Minutes $AgainMinutes
    }
    $options = @{
      TaskName = $Record.task
      TaskPath = $TaskPath
      Description = 'Runs the worker of Ferry, which moves virtual machines between Hyper-V hosts.'
      Action = New-ScheduledTaskAction -Execute $node -Argument $arguments -WorkingDirectory $Record.folder
      Trigger = $triggers
      Settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable @limits
      Principal = New-ScheduledTaskPrincipal -UserId $Record.account -LogonType $(if ($Record.kind -eq 'managed') { 'Password' } else { 'S4U' }) -RunLevel Highest
    }
    [void] (Register-ScheduledTask @options -Force)
  }
}

# What the keeper tells; nothing while it is being written.
function Read-Status($Record) {
  $path = [IO.Path]::Combine($Record.folder, 'run', 'status.json')
  try { if ([IO.File]::Exists($path)) { return ConvertFrom-Json -InputObject (Get-Content -LiteralPath $path -Raw) } }
  catch { return $null }
}

function Test-Ready($Record) {
  $status = Read-Status $Record
  if ($status -and $status.state -eq 'ready' -and $status.version -eq $Record.version) { return $status }
}

# Gives what the worker told when it was ready. One that runs is left alone, unless it must read its settings anew.
function Start-Worker($Record, [switch] $Restart) {
  $task = Get-Task $Record
  $ready = Test-Ready $Record
  if ($task -and "$($task.State)" -eq 'Running') {
    if ($ready -and -not $Restart) { return $ready }
    Stop-Worker $Record
  }
  Invoke-Change "task $TaskPath$($Record.task)" 'start it, and wait until the worker is ready' {
    foreach ($name in 'status.json', 'stop') { [IO.File]::Delete([IO.Path]::Combine($Record.folder, 'run', $name)) }
    [void] (Enable-ScheduledTask -TaskName $Record.task -TaskPath $TaskPath)
    Start-ScheduledTask -TaskName $Record.task -TaskPath $TaskPath
    Wait-Ready $Record
  }
}

function Wait-Ready($Record) {
  $until = [datetime]::UtcNow.AddSeconds($HealthSeconds)
  while ([datetime]::UtcNow -lt $until) {
    $ready = Test-Ready $Record
    if ($ready) {
      Start-Sleep -Seconds $SettleSeconds
      $still = Test-Ready $Record
      if ($still -and $still.worker -eq $ready.worker) { return $still }
    }
    $status = Read-Status $Record
    if ($status -and $status.ends -ge $EndsMax) { break }
    Start-Sleep -Milliseconds 500
  }
  throw "The worker is not ready. $(Get-Reason $Record)"
}

function Get-Reason($Record) {
  $result = '{0:X8}' -f [uint32] (Get-ScheduledTaskInfo -TaskName $Record.task -TaskPath $TaskPath).LastTaskResult
  if ($TaskResults.ContainsKey($result)) { return $TaskResults[$result] }
  $log = [IO.Path]::Combine($Record.folder, 'logs', 'worker.log')
  if (-not [IO.File]::Exists($log)) { return "Its task ended with 0x$result and wrote no log. See the history of the task in Task Scheduler." }
  return "The end of ${log}:`n$((Get-Content -LiteralPath $log -Tail $LogLines) -join "`n")"
}

# Asked first: a step that runs ends at its next safe point. The task stays disabled, so that no trigger starts it meanwhile.
function Stop-Worker($Record) {
  $task = Get-Task $Record
  if (-not $task) { return }
  Invoke-Change "task $TaskPath$($Record.task)" 'end the worker' {
    [void] (Disable-ScheduledTask -TaskName $Record.task -TaskPath $TaskPath)
    $stop = [IO.Path]::Combine($Record.folder, 'run', 'stop')
    try {
      if ("$((Get-Task $Record).State)" -eq 'Running') {
        Write-Text $stop ''
        if (-not (Wait-Until { "$((Get-Task $Record).State)" -ne 'Running' } $StopSeconds)) {
          Write-Warning "The worker did not end within $StopSeconds s, and its task is ended now."
          Stop-ScheduledTask -TaskName $Record.task -TaskPath $TaskPath
        }
      }
      Assert-Ended $Record
    }
    catch {
      # Rather the worker that ran than none.
      [void] (Enable-ScheduledTask -TaskName $Record.task -TaskPath $TaskPath)
      throw
    }
    finally { [IO.File]::Delete($stop) }
  }
}

# A worker outlives its keeper by no more than its next safe point: their channel is closed then.
function Assert-Ended($Record) {
  $id = Get-Field (Read-Status $Record) 'worker'
  if (-not $id) { return }
  if (Wait-Until { -not (Get-Process -Id $id -ErrorAction SilentlyContinue | Where-Object { $_.ProcessName -eq 'node' }) } $StopSeconds) { return }
  throw "The worker, process $id, does not end. Look at $($Record.folder)\logs\worker.log; then end that process, and run this again."
}

function Wait-Until([scriptblock] $Holds, [int] $Seconds) {
  $until = [datetime]::UtcNow.AddSeconds($Seconds)
  while (-not (& $Holds)) {
    if ([datetime]::UtcNow -ge $until) { return $false }
    Start-Sleep -Milliseconds 500
  }
  return $true
}

function Remove-Task($Record) {
  if (-not (Get-Task $Record)) { return }
  Invoke-Change "task $TaskPath$($Record.task)" 'delete' { Unregister-ScheduledTask -TaskName $Record.task -TaskPath $TaskPath -Confirm:$false }
}

function Write-Enrolment($Record, $Ready) {
  if (-not $Ready) { return }
  Write-Output "The worker of $($Record.host) runs: version $($Record.version), as $($Record.account)."
  Write-Output "Its log: $([IO.Path]::Combine($Record.folder, 'logs', 'worker.log'))"
  Write-Output "Unless this host is enrolled already, type in Slack: /migrate enroll $($Record.host) $($Ready.code)"
}
