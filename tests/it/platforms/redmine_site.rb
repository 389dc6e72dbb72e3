# Redmine itself, with the plugin of docs/integrations/redmine.md: one question a line in, one answer a line out.
#
# redmine_site.rb DATABASE CODE FOLDER:PACKAGES:plain|page, where FOLDER gets a copy of Redmine

require 'fileutils'
require 'json'

database, code, where = ARGV
folder, packages, kind = where.split(':')
unless File.exist?(folder)
  FileUtils.cp_r("#{packages}/usr/share/redmine", folder, dereference_root: true)
  # Links of the package into a system that has it installed.
  Dir.glob("#{folder}/**/*").each { |path| File.unlink(path) if File.symlink?(path) }
  FileUtils.mkdir_p(["#{folder}/instances/default/config", "#{folder}/tmp", "#{folder}/log", "#{folder}/files"])
  settings = "production:\n  adapter: sqlite3\n  database: #{database}\n"
  File.write("#{folder}/config/database.yml", settings)
  File.write("#{folder}/instances/default/config/database.yml", settings)
  File.write("#{folder}/instances/default/config/secret_key.txt", 'k' * 64)
end
if kind == 'page'
  FileUtils.mkdir_p("#{folder}/plugins/saltern")
  FileUtils.cp(["#{code}/PluginGemfile", "#{code}/init.rb"], "#{folder}/plugins/saltern")
end
Dir.chdir(folder)
require "#{folder}/config/environment"
ActiveRecord::Base.logger = nil
answers = $stdout.dup
$stdout.reopen($stderr)

def answer(question)
  login = question['login']
  case question['do']
  when 'make tables'
    ActiveRecord::Migration.verbose = false
    ActiveRecord::MigrationContext.new('db/migrate', ActiveRecord::SchemaMigration).migrate
    ActiveRecord::Base.connection.change_column(:users, :hashed_password, :string, limit: 255, default: '', null: false)
    User.reset_column_information
    Setting.password_min_length = 1
    question['people'].each do |name|
      user = User.new(firstname: name, lastname: name, mail: "#{name}@example.org", language: 'en')
      user.login = name
      user.password = user.password_confirmation = 'the first'
      user.save!
    end
    'made'
  when 'log in' then User.try_to_login(login, question['password']) ? 'in' : 'out'
  when 'log all in'
    question['people'].map { |name, password| User.try_to_login(name, password) ? 'in' : 'out' }.join(' ')
  when 'sign' then User.find_by_login(login).generate_session_token
  when 'check' then User.verify_session_token(User.find_by_login(login).id, question['signed']) ? 'session goes on' : 'session ended'
  when 'link' then Token.create!(user: User.find_by_login(login), action: 'recovery').value
  when 'follow' then Token.find_by(action: 'recovery', value: question['link']) ? 'link good' : 'link dead'
  when 'choose'
    user = User.find_by_login(login)
    user.password = user.password_confirmation = question['password']
    user.save!
    'chosen'
  end
end

$stdin.set_encoding('UTF-8')
$stdin.each_line do |line|
  answers.puts(answer(JSON.parse(line)))
  answers.flush
end
